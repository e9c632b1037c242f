import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is set aside for vouchers, and what operators gave for them. */
export class VoucherAccounts1700000001210 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
      ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check
        CHECK (kind IN ('wallet', 'clearing', 'billers', 'adjustments', 'vouchers', 'grants'));
      INSERT INTO accounts (id, kind, currency, normal_side)
      SELECT system.name || ':' || currency, system.name, currency, system.normal_side
      FROM (VALUES ('vouchers', 'credit'), ('grants', 'debit')) AS system (name, normal_side),
           (SELECT DISTINCT currency FROM accounts WHERE kind = 'billers') AS known;

      ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
      ALTER TABLE transfers ADD CONSTRAINT transfers_kind_check CHECK (kind IN
        ('top_up', 'collected', 'capture', 'transfer', 'refund', 'adjustment',
         'voucher_grant', 'voucher_redeemed', 'voucher_release', 'voucher_return'));
      ALTER TABLE transfers DROP CONSTRAINT transfers_cause, ADD COLUMN voucher_id uuid UNIQUE,
        ADD CONSTRAINT transfers_cause CHECK (num_nonnulls(payment_id, adjustment_id, voucher_id) = 1);

      ALTER TABLE entries DROP CONSTRAINT entries_kind_check;
      ALTER TABLE entries ADD CONSTRAINT entries_kind_check CHECK (kind IN
        ('top_up', 'collected', 'capture', 'transfer_out', 'transfer_in', 'refund', 'adjustment', 'voucher_return'));
      ALTER TABLE entries DROP CONSTRAINT entries_cause, ADD COLUMN voucher_id uuid UNIQUE,
        ADD CONSTRAINT entries_cause CHECK (num_nonnulls(payment_id, adjustment_id, voucher_id) = 1);
    `);
  }

  /** Possible only while there were no vouchers: what is in the books stays. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE entries DROP CONSTRAINT entries_cause, DROP CONSTRAINT entries_kind_check;
      ALTER TABLE entries DROP COLUMN voucher_id,
        ADD CONSTRAINT entries_cause CHECK ((payment_id IS NULL) <> (adjustment_id IS NULL)),
        ADD CONSTRAINT entries_kind_check CHECK (kind IN
          ('top_up', 'collected', 'capture', 'transfer_out', 'transfer_in', 'refund', 'adjustment'));
      ALTER TABLE transfers DROP CONSTRAINT transfers_cause, DROP CONSTRAINT transfers_kind_check;
      ALTER TABLE transfers DROP COLUMN voucher_id,
        ADD CONSTRAINT transfers_cause CHECK ((payment_id IS NULL) <> (adjustment_id IS NULL)),
        ADD CONSTRAINT transfers_kind_check CHECK (kind IN
          ('top_up', 'collected', 'capture', 'transfer', 'refund', 'adjustment'));
      DELETE FROM accounts WHERE kind IN ('vouchers', 'grants');
      ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
      ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check
        CHECK (kind IN ('wallet', 'clearing', 'billers', 'adjustments'));
    `);
  }
}
