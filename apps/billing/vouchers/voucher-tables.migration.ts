import type { MigrationInterface, QueryRunner } from 'typeorm';

export class VoucherTables1700000001200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bills DROP CONSTRAINT bills_kind_check;
      ALTER TABLE bills ADD CONSTRAINT bills_kind_check CHECK (kind IN ('bill', 'electricity', 'vouchers'));
      -- A voucher of energy has no price.
      ALTER TABLE vends DROP CONSTRAINT vends_amount_check;
      ALTER TABLE vends ADD CONSTRAINT vends_amount_check CHECK (amount > 0 OR cause = 'voucher' AND amount = 0);
      CREATE TABLE voucher_batches (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL,
        funding text NOT NULL CHECK (funding IN ('grant', 'payment')),
        state text NOT NULL CHECK (state IN ('waiting', 'funded', 'cancelled')),
        count int NOT NULL CHECK (count > 0),
        amount bigint NOT NULL CHECK (amount >= 0),
        currency text NOT NULL,
        watt_hours bigint CHECK (watt_hours > 0),
        expires_on date NOT NULL,
        reason text NOT NULL,
        utility text,
        approved_by uuid CHECK (approved_by <> owner_id),
        codes_made_at timestamptz,
        created_at timestamptz NOT NULL,
        CHECK ((amount = 0) = (watt_hours IS NOT NULL)),
        CHECK (amount > 0 OR funding = 'grant'),
        CHECK (codes_made_at IS NULL OR state = 'funded')
      );
      CREATE INDEX voucher_batches_of_owner ON voucher_batches (owner_id, id DESC);
      CREATE TABLE vouchers (
        id uuid PRIMARY KEY,
        batch_id uuid NOT NULL REFERENCES voucher_batches,
        serial int NOT NULL CHECK (serial > 0),
        code_hash text UNIQUE,
        state text NOT NULL CHECK (state IN ('unused', 'redeeming', 'redeemed', 'expired', 'void')),
        redemption_id uuid,
        void_reason text,
        ended_at timestamptz,
        CONSTRAINT one_voucher_per_serial UNIQUE (batch_id, serial),
        CHECK ((state IN ('redeeming', 'redeemed')) = (redemption_id IS NOT NULL)),
        CHECK ((state IN ('unused', 'redeeming')) = (ended_at IS NULL)),
        CHECK ((state = 'void') = (void_reason IS NOT NULL))
      ) WITH (fillfactor = 85);
      CREATE INDEX vouchers_unused ON vouchers (batch_id) WHERE state = 'unused';
      CREATE TABLE voucher_redemptions (
        id uuid PRIMARY KEY,
        voucher_id uuid NOT NULL REFERENCES vouchers,
        redeemer_id uuid NOT NULL,
        meter_number text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'done', 'refused')),
        quote jsonb,
        basis jsonb,
        arrears_taken bigint CHECK (arrears_taken >= 0),
        at timestamptz NOT NULL,
        CHECK ((quote IS NULL) = (basis IS NULL))
      );
      -- The last wall against redeeming a voucher twice.
      CREATE UNIQUE INDEX one_redemption_per_voucher ON voucher_redemptions (voucher_id) WHERE state <> 'refused';
      -- Counts of tries, in the form that rate-limiter-flexible reads and writes.
      CREATE TABLE attempts (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire double precision
      );
      CREATE INDEX attempts_expiry ON attempts (expire);
    `);
  }

  /** Possible only while no voucher was redeemed and no batch paid for. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE attempts; DROP TABLE voucher_redemptions; DROP TABLE vouchers; DROP TABLE voucher_batches;
      ALTER TABLE vends DROP CONSTRAINT vends_amount_check;
      ALTER TABLE vends ADD CONSTRAINT vends_amount_check CHECK (amount > 0);
      ALTER TABLE bills DROP CONSTRAINT bills_kind_check;
      ALTER TABLE bills ADD CONSTRAINT bills_kind_check CHECK (kind IN ('bill', 'electricity'));
    `);
  }
}
