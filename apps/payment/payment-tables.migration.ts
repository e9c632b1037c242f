import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PaymentTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payments (
        id uuid PRIMARY KEY,
        reference text NOT NULL UNIQUE,
        payer_id uuid NOT NULL,
        payee_id uuid,
        bill_id uuid,
        meter_number text,
        purpose text NOT NULL,
        method text NOT NULL,
        status text NOT NULL CHECK (status IN ('PENDING', 'PROCESSING', 'PAID', 'FAILED', 'REFUNDED')),
        amount bigint NOT NULL CHECK (amount > 0),
        currency text NOT NULL,
        title text NOT NULL,
        note text,
        failure_code text,
        failure_reason text,
        receipt_number text UNIQUE,
        created_at timestamptz NOT NULL,
        held_at timestamptz,
        ended_at timestamptz
      ) WITH (fillfactor = 75);
      CREATE INDEX payments_of_payer ON payments (payer_id, id DESC);
      -- The second wall behind billing's claim: a bill is paid, or being paid, by one payment.
      CREATE UNIQUE INDEX one_payment_per_bill ON payments (bill_id) WHERE status IN ('PENDING', 'PROCESSING', 'PAID');
      CREATE INDEX payments_open ON payments (created_at) WHERE status IN ('PENDING', 'PROCESSING');

      CREATE TABLE request_keys (
        id text PRIMARY KEY,
        body_hash text NOT NULL,
        payment_id uuid NOT NULL,
        abandoned boolean NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX request_keys_of_payment ON request_keys (payment_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_keys; DROP TABLE payments;');
  }
}
