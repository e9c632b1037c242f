import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money given back, and wallets put right: corrections are new transfers. */
export class Adjustments1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE adjustments (
        id uuid PRIMARY KEY,
        wallet_id uuid NOT NULL,
        amount bigint NOT NULL CHECK (amount <> 0),
        currency text NOT NULL,
        reason text NOT NULL,
        state text NOT NULL CHECK (state IN ('done', 'refused')),
        at timestamptz NOT NULL
      );

      ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
      ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check
        CHECK (kind IN ('wallet', 'clearing', 'billers', 'adjustments'));
      INSERT INTO accounts (id, kind, currency, normal_side)
      SELECT 'adjustments:' || currency, 'adjustments', currency, 'debit'
      FROM (SELECT DISTINCT currency FROM accounts WHERE kind = 'billers') AS known;

      ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
      ALTER TABLE transfers ADD CONSTRAINT transfers_kind_check
        CHECK (kind IN ('top_up', 'collected', 'capture', 'transfer', 'refund', 'adjustment'));
      ALTER TABLE transfers ALTER COLUMN payment_id DROP NOT NULL, ADD COLUMN adjustment_id uuid UNIQUE,
        ADD CONSTRAINT transfers_cause CHECK ((payment_id IS NULL) <> (adjustment_id IS NULL));

      ALTER TABLE entries DROP CONSTRAINT entries_kind_check;
      ALTER TABLE entries ADD CONSTRAINT entries_kind_check CHECK (kind IN
        ('top_up', 'collected', 'capture', 'transfer_out', 'transfer_in', 'refund', 'adjustment'));
      ALTER TABLE entries ALTER COLUMN payment_id DROP NOT NULL, ADD COLUMN adjustment_id uuid UNIQUE,
        ADD CONSTRAINT entries_cause CHECK ((payment_id IS NULL) <> (adjustment_id IS NULL));

      ALTER TABLE holds DROP CONSTRAINT holds_state_check;
      ALTER TABLE holds ADD CONSTRAINT holds_state_check
        CHECK (state IN ('held', 'captured', 'released', 'refused', 'refunded'));
      CREATE INDEX holds_open ON holds (placed_at) WHERE state = 'held';
    `);
  }

  /** Possible only while nothing was given back or adjusted: what is in the books stays. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX holds_open;
      ALTER TABLE holds DROP CONSTRAINT holds_state_check;
      ALTER TABLE holds ADD CONSTRAINT holds_state_check
        CHECK (state IN ('held', 'captured', 'released', 'refused'));
      ALTER TABLE entries DROP COLUMN adjustment_id, ALTER COLUMN payment_id SET NOT NULL;
      ALTER TABLE entries DROP CONSTRAINT entries_kind_check;
      ALTER TABLE entries ADD CONSTRAINT entries_kind_check
        CHECK (kind IN ('top_up', 'collected', 'capture', 'transfer_out', 'transfer_in'));
      ALTER TABLE transfers DROP COLUMN adjustment_id, ALTER COLUMN payment_id SET NOT NULL;
      ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
      ALTER TABLE transfers ADD CONSTRAINT transfers_kind_check
        CHECK (kind IN ('top_up', 'collected', 'capture', 'transfer'));
      DELETE FROM accounts WHERE kind = 'adjustments';
      ALTER TABLE accounts DROP CONSTRAINT accounts_kind_check;
      ALTER TABLE accounts ADD CONSTRAINT accounts_kind_check CHECK (kind IN ('wallet', 'clearing', 'billers'));
      DROP TABLE adjustments;
    `);
  }
}
