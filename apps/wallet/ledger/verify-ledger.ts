import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface LedgerFault {
  /** The rule that is broken, as a sentence. */
  rule: string;
  /** The account, or the currency. */
  subject: string;
  /** Minor units. */
  expected: string;
  found: string;
}

export interface LedgerCheck {
  intact: boolean;
  faults: LedgerFault[];
}

/** Adds up all books anew, in one statement and so at one moment; right also while payments go on. */
@Injectable()
export class VerifyLedger {
  constructor(private readonly dataSource: DataSource) {}

  async run(): Promise<LedgerCheck> {
    const faults = await this.dataSource.query<LedgerFault[]>(FAULTS);
    return { intact: faults.length === 0, faults };
  }
}

const FAULTS = `
  WITH moved AS (
    SELECT account, currency, sum(amount) AS amount
    FROM (SELECT debit_account AS account, currency, -amount AS amount FROM transfers
          UNION ALL SELECT credit_account, currency, amount FROM transfers) AS sides
    GROUP BY account, currency
  ), statements AS (
    SELECT wallet_id::text AS account, sum(amount) AS amount FROM entries GROUP BY wallet_id
  ), lines AS (
    SELECT wallet_id, balance_after, sum(amount) OVER (PARTITION BY wallet_id ORDER BY id) AS running FROM entries
  ), reserved AS (
    SELECT wallet_id::text AS account, sum(amount) AS amount FROM holds WHERE state = 'held' GROUP BY wallet_id
  )
  SELECT 'the balances of a currency sum to 0' AS rule, currency AS subject,
         '0' AS expected, sum(balance)::text AS found
  FROM accounts GROUP BY currency HAVING sum(balance) <> 0
  UNION ALL
  SELECT 'a balance is the sum of the transfers', coalesce(a.id, m.account),
         coalesce(m.amount, 0)::text, coalesce(a.balance::text, 'no account')
  FROM accounts a FULL JOIN moved m ON m.account = a.id AND m.currency = a.currency
  WHERE a.balance IS DISTINCT FROM coalesce(m.amount, 0)
  UNION ALL
  SELECT 'the entries of a wallet add up to its balance', coalesce(a.id, s.account),
         coalesce(a.balance, 0)::text, coalesce(s.amount, 0)::text
  FROM (SELECT * FROM accounts WHERE kind = 'wallet') a FULL JOIN statements s ON s.account = a.id
  WHERE coalesce(a.balance, 0) <> coalesce(s.amount, 0)
  UNION ALL
  SELECT 'each entry says the balance after it', wallet_id::text, running::text, balance_after::text
  FROM lines WHERE running <> balance_after
  UNION ALL
  SELECT 'what is held is the sum of the open holds', coalesce(a.id, r.account),
         coalesce(r.amount, 0)::text, coalesce(a.held, 0)::text
  FROM accounts a FULL JOIN reserved r ON r.account = a.id
  WHERE coalesce(a.held, 0) <> coalesce(r.amount, 0)
  UNION ALL
  SELECT 'available is not negative', id, '0', (balance - held)::text
  FROM accounts WHERE kind = 'wallet' AND (held < 0 OR balance < held)
`;
