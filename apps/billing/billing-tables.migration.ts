import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BillingTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bills (
        id uuid PRIMARY KEY,
        number text NOT NULL UNIQUE,
        kind text NOT NULL CHECK (kind IN ('bill', 'electricity')),
        customer_id uuid NOT NULL,
        issued_by uuid NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        currency text NOT NULL,
        due_date date NOT NULL,
        description text,
        meter_number text,
        status text NOT NULL CHECK (status IN ('unpaid', 'paid', 'cancelled')),
        claimed_by uuid,
        claimed_at timestamptz,
        payment_id uuid,
        paid_at timestamptz,
        quote jsonb,
        expires_at timestamptz,
        created_at timestamptz NOT NULL,
        CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
        -- Only an unpaid bill is claimed, and a paid one names its payment.
        CHECK (claimed_by IS NULL OR status = 'unpaid'),
        CHECK ((status = 'paid') = (payment_id IS NOT NULL) AND (payment_id IS NULL) = (paid_at IS NULL))
      ) WITH (fillfactor = 75);
      CREATE INDEX bills_of_customer ON bills (customer_id, id DESC);
      CREATE INDEX bills_claimed ON bills (claimed_at, id) WHERE claimed_by IS NOT NULL;

      CREATE TABLE tariffs (
        id text PRIMARY KEY,
        name text NOT NULL,
        currency text NOT NULL,
        price_per_kwh bigint NOT NULL CHECK (price_per_kwh > 0),
        vat_basis_points integer NOT NULL CHECK (vat_basis_points BETWEEN 0 AND 10000)
      );
      CREATE TABLE meters (
        number text PRIMARY KEY,
        holder_name text NOT NULL,
        area text NOT NULL,
        tariff_id text NOT NULL REFERENCES tariffs
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE meters; DROP TABLE tariffs; DROP TABLE bills;');
  }
}
