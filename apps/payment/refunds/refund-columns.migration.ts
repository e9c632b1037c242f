import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RefundColumns1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments ADD COLUMN refunded_at timestamptz, ADD COLUMN refund_reason text,
                           ADD COLUMN refund_decision uuid,
        ADD CONSTRAINT a_refund_has_its_decision CHECK ((refunded_at IS NULL) = (refund_decision IS NULL))
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments DROP COLUMN refunded_at, DROP COLUMN refund_reason, DROP COLUMN refund_decision`);
  }
}
