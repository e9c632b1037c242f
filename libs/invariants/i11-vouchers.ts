import { VoucherRedeemed, VouchersGranted, VouchersReleased } from '#contracts';
import type { Invariant } from './invariant.js';

/**
 * I11. A voucher is money that somebody has given already: it is worth its value until it is redeemed, once. Billing says
 * what becomes of vouchers and the wallet service hears of it, so in a running system the account is compared with what
 * billing says, without the events that are still on their way.
 */
export const vouchersAreCovered: Invariant = {
  id: 'I11',
  says: 'The account of vouchers holds what the unused ones are worth; a voucher has one redemption at most that was not refused, and the two agree with its vend.',
  rules: (settled) => [
    {
      rule: 'the account of vouchers holds what the unused ones are worth',
      sql: settled ? worth('') : worth(ON_THEIR_WAY),
    },
    { rule: 'a voucher, its redemption and its vend agree', sql: AGREE },
    { rule: 'what is redeemed was given or paid for', sql: FUNDED },
  ],
  counted: `
    SELECT count(*) AS vouchers, count(*) FILTER (WHERE state = 'redeemed') AS redeemed,
           count(*) FILTER (WHERE state = 'redeeming') AS redeeming
    FROM billing.vouchers`,
};

/** Of an account: rows (`currency`, `amount`) that add up to what must stand there. */
const UNREDEEMED = `
  SELECT b.currency, b.amount FROM billing.vouchers v JOIN billing.voucher_batches b ON b.id = v.batch_id
  WHERE b.state = 'funded' AND v.state IN ('unused', 'redeeming')`;

/** As text: minor units of a payload's amount, whatever the decimals of its currency. */
const MINOR = `replace(o.envelope::json -> 'data' -> 'amount' ->> 'amount', '.', '')::bigint`;

/**
 * What the wallet service has not heard yet, with the sign that undoes it. A paid batch is told of by its payment, to
 * both services: either of them may be the first to hear.
 */
const ON_THEIR_WAY = `
  UNION ALL
  SELECT o.envelope::json -> 'data' -> 'amount' ->> 'currency',
         CASE o.name WHEN '${VouchersGranted.name}' THEN -${MINOR} ELSE ${MINOR} END
  FROM billing.outbox o LEFT JOIN wallet.inbox i ON i.event_id = o.id
  WHERE o.name IN ('${VouchersGranted.name}', '${VoucherRedeemed.name}', '${VouchersReleased.name}')
    AND (i.event_id IS NULL OR i.state = 'retry')
  UNION ALL
  SELECT b.currency, b.amount * CASE b.state WHEN 'funded' THEN -b.count ELSE b.count END
  FROM billing.voucher_batches b JOIN billing.bills bill ON bill.id = b.id
  LEFT JOIN wallet.holds h ON h.id = coalesce(bill.payment_id, bill.claimed_by)
  WHERE b.funding = 'payment' AND (b.state = 'funded') <> (coalesce(h.state, 'none') = 'captured')`;

function worth(onTheirWay: string): string {
  return `
    SELECT a.id || ' holds ' || a.balance || ', its vouchers are worth ' || coalesce(u.amount, 0) AS what
    FROM wallet.accounts a
    LEFT JOIN (SELECT currency, sum(amount) AS amount FROM (${UNREDEEMED}${onTheirWay}) AS parts GROUP BY currency) u
      ON u.currency = a.currency
    WHERE a.kind = 'vouchers' AND a.balance <> coalesce(u.amount, 0)`;
}

/** Changed in the transaction that ends the vend: right at any moment. */
const AGREE = `
  SELECT 'redemption ' || r.id || ' is ' || r.state || ', its vend is ' || coalesce(d.state, 'missing') || ', voucher '
         || r.voucher_id || ' is ' || v.state AS what
  FROM billing.voucher_redemptions r
  JOIN billing.vouchers v ON v.id = r.voucher_id
  LEFT JOIN billing.vends d ON d.id = r.id AND d.cause = 'voucher'
  WHERE CASE r.state
    WHEN 'open' THEN coalesce(d.state, '') <> 'requested' OR v.state <> 'redeeming' OR v.redemption_id <> r.id
    WHEN 'done' THEN coalesce(d.state, '') <> 'issued' OR v.state <> 'redeemed' OR v.redemption_id <> r.id
    ELSE coalesce(d.state, '') <> 'failed' OR v.redemption_id = r.id
  END
  UNION ALL
  SELECT 'voucher ' || v.id || ' is ' || v.state || ', and nobody redeems it'
  FROM billing.vouchers v
  WHERE v.state IN ('redeeming', 'redeemed')
    AND NOT EXISTS (SELECT FROM billing.voucher_redemptions r WHERE r.id = v.redemption_id AND r.voucher_id = v.id)`;

const FUNDED = `
  SELECT 'voucher ' || v.id || ' is ' || v.state || ', its batch is ' || b.state AS what
  FROM billing.vouchers v JOIN billing.voucher_batches b ON b.id = v.batch_id
  WHERE v.state IN ('redeeming', 'redeemed') AND b.state <> 'funded'`;
