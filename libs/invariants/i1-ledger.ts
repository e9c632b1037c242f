import type { Invariant } from './invariant.js';

/**
 * I1. A transfer is one row that names both sides, so a journal of transfers cannot be unbalanced by itself;
 * what can go wrong is a balance or a statement that says something else, or an account that is missing or in
 * another currency.
 */
export const ledgerAddsUp: Invariant = {
  id: 'I1',
  says: 'Every journal and the whole ledger sum to 0 in each currency; balances and statements say what the transfers say.',
  rules: () => [
    { rule: 'the balances of a currency sum to 0', sql: CURRENCY_SUMS },
    { rule: 'a balance is the sum of its transfers', sql: BALANCES },
    { rule: 'each transfer is a line in the statements of the wallets that it touched', sql: STATEMENTS },
    {
      rule: 'each line of a statement says the balance after it, and the last one the balance',
      sql: RUNNING,
    },
  ],
  counted: `
    SELECT (SELECT count(*) FROM wallet.transfers) AS transfers,
           (SELECT count(*) FROM wallet.accounts WHERE kind = 'wallet') AS wallets`,
};

const CURRENCY_SUMS = `
  SELECT currency || ': the balances sum to ' || sum(balance) AS what
  FROM wallet.accounts GROUP BY currency HAVING sum(balance) <> 0`;

/** Balances are credits minus debits. */
const BALANCES = `
  SELECT coalesce(a.id, m.account) || ': the balance is ' || coalesce(a.balance::text, 'of no account')
         || ', the transfers sum to ' || coalesce(m.amount, 0) || ' ' || coalesce(m.currency, a.currency) AS what
  FROM wallet.accounts a
  FULL JOIN (SELECT account, currency, sum(amount) AS amount
             FROM (SELECT debit_account AS account, currency, -amount AS amount FROM wallet.transfers
                   UNION ALL
                   SELECT credit_account, currency, amount FROM wallet.transfers) AS sides
             GROUP BY account, currency) m ON m.account = a.id AND m.currency = a.currency
  WHERE a.balance IS DISTINCT FROM coalesce(m.amount, 0)`;

/**
 * Matched by payment and kind: the books refuse a second transfer of the same kind for a payment. A second line
 * in a statement shows by the balance after it.
 */
const STATEMENTS = `
  SELECT coalesce(t.cause, e.cause) || ': ' || coalesce(t.line, e.kind) || ' of '
         || coalesce(t.amount, 0) || ' for account ' || coalesce(t.account, 'unknown') || ', the statement of wallet '
         || coalesce(e.wallet_id::text, 'unknown') || ' says ' || coalesce(e.amount, 0) AS what
  FROM (SELECT 'payment ' || payment_id AS cause, debit_account AS account, -amount AS amount,
               CASE kind WHEN 'transfer' THEN 'transfer_out' ELSE kind END AS line
        FROM wallet.transfers WHERE kind IN ('capture', 'transfer')
        UNION ALL
        SELECT 'payment ' || payment_id, credit_account, amount, CASE kind WHEN 'transfer' THEN 'transfer_in' ELSE kind END
        FROM wallet.transfers WHERE kind IN ('collected', 'top_up', 'transfer', 'refund')
        UNION ALL
        SELECT 'adjustment ' || adjustment_id,
               CASE WHEN credit_account LIKE 'adjustments:%' THEN debit_account ELSE credit_account END,
               CASE WHEN credit_account LIKE 'adjustments:%' THEN -amount ELSE amount END, kind
        FROM wallet.transfers WHERE kind = 'adjustment'
        UNION ALL
        SELECT 'vouchers ' || voucher_id, credit_account, amount, kind
        FROM wallet.transfers WHERE kind = 'voucher_return') t
  FULL JOIN (SELECT *, coalesce('payment ' || payment_id, 'adjustment ' || adjustment_id, 'vouchers ' || voucher_id) AS cause
             FROM wallet.entries) e ON e.cause = t.cause AND e.kind = t.line
  WHERE t.amount IS DISTINCT FROM e.amount OR t.account <> e.wallet_id::text`;

const RUNNING = `
  WITH lines AS (
    SELECT id, wallet_id, balance_after,
           sum(amount) OVER (PARTITION BY wallet_id ORDER BY id) AS running,
           lead(id) OVER (PARTITION BY wallet_id ORDER BY id) IS NULL AS last
    FROM wallet.entries
  )
  SELECT 'entry ' || id || ' of wallet ' || wallet_id || ' says ' || balance_after || ' after it, the entries sum to '
         || running AS what
  FROM lines WHERE running <> balance_after
  UNION ALL
  SELECT 'wallet ' || a.id || ' holds ' || a.balance || ', its statement ends with ' || coalesce(l.running, 0)
  FROM wallet.accounts a LEFT JOIN lines l ON l.last AND l.wallet_id = a.owner_id
  WHERE a.kind = 'wallet' AND a.balance <> coalesce(l.running, 0)`;
