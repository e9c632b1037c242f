import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BillRefunds1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bill_refunds (
        payment_id uuid PRIMARY KEY,
        bill_id uuid NOT NULL,
        refunded_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bill_refunds');
  }
}
