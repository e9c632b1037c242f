import type { Invariant } from './invariant.js';
import { unlessUnderWayTo } from './under-way.js';

/**
 * I2. A hold never expires: only the end of its payment closes it. The payment ends first and the wallet hears
 * of it, so in a running system a hold outlives its payment by as long as that event is under way.
 */
export const holdsAreCovered: Invariant = {
  id: 'I2',
  says: 'Nothing is spent twice: available is never below 0, what is held is the sum of the open holds, and those belong to unfinished payments.',
  rules: (settled) => [
    { rule: 'available is not negative', sql: AVAILABLE },
    { rule: 'what is held is the sum of the open holds', sql: HELD },
    {
      rule: 'an open hold belongs to an unfinished payment',
      sql: settled ? OPEN : unlessUnderWayTo('wallet', OPEN),
    },
  ],
  counted: `
    SELECT count(*) AS holds, count(*) FILTER (WHERE state = 'held') AS open FROM wallet.holds`,
};

const AVAILABLE = `
  SELECT 'wallet ' || id || ' has a balance of ' || balance || ' and holds ' || held AS what
  FROM wallet.accounts WHERE kind = 'wallet' AND (held < 0 OR balance < held)`;

const HELD = `
  SELECT 'wallet ' || coalesce(a.id, h.wallet) || ' holds ' || coalesce(a.held, 0) || ', its open holds sum to '
         || coalesce(h.amount, 0) AS what
  FROM wallet.accounts a
  FULL JOIN (SELECT wallet_id::text COLLATE "C" AS wallet, sum(amount) AS amount FROM wallet.holds
             WHERE state = 'held' GROUP BY wallet_id) h ON h.wallet = a.id
  WHERE coalesce(a.held, 0) <> coalesce(h.amount, 0)`;

const OPEN = `
  SELECT h.id AS payment_id, 'hold ' || h.id || ' is open, its payment is ' || coalesce(p.status, 'unknown') AS what
  FROM wallet.holds h LEFT JOIN payment.payments p ON p.id = h.id
  WHERE h.state = 'held' AND (p.id IS NULL OR p.status NOT IN ('PENDING', 'PROCESSING'))`;
