import type { Planted } from './planted-violations.js';

const REDEEMED = `(SELECT id FROM billing.vouchers WHERE state = 'redeemed' ORDER BY id LIMIT 1)`;

export const vouchers: Omit<Planted, 'breaks'>[] = [
  {
    what: 'a voucher that can be redeemed once more',
    when: 'always',
    sql: `UPDATE billing.vouchers SET state = 'unused', redemption_id = NULL, ended_at = NULL WHERE id = ${REDEEMED}`,
  },
  {
    what: 'a second redemption of one voucher',
    when: 'always',
    sql: `DROP INDEX billing.one_redemption_per_voucher;
          INSERT INTO billing.voucher_redemptions SELECT (jsonb_populate_record(r,
            '{"id": "01900000-0000-7000-8000-000000000006", "quote": null, "basis": null}')).*
          FROM billing.voucher_redemptions r WHERE voucher_id = ${REDEEMED}`,
  },
  {
    what: 'a voucher that nobody redeemed, and that expired without its value going back',
    when: 'always',
    sql: `UPDATE billing.vouchers SET state = 'expired', ended_at = now()
          WHERE id = (SELECT id FROM billing.vouchers WHERE state = 'unused' ORDER BY id LIMIT 1)`,
  },
  {
    what: 'money set aside for vouchers that nobody made',
    when: 'always',
    sql: `INSERT INTO wallet.transfers (id, journal_id, debit_account, credit_account, amount, currency, kind, voucher_id, at)
          VALUES (gen_random_uuid(), gen_random_uuid(), 'grants:NGN', 'vouchers:NGN', 100, 'NGN', 'voucher_grant',
                  gen_random_uuid(), now());
          UPDATE wallet.accounts SET balance = balance + CASE id WHEN 'grants:NGN' THEN -100 ELSE 100 END
          WHERE id IN ('grants:NGN', 'vouchers:NGN')`,
  },
  {
    what: 'a redeemed voucher of a batch that nobody paid for',
    when: 'always',
    sql: `UPDATE billing.voucher_batches SET state = 'waiting', codes_made_at = NULL`,
  },
];
