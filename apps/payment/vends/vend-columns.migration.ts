import type { MigrationInterface, QueryRunner } from 'typeorm';

export class VendColumns1700000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments ADD COLUMN in_doubt_since timestamptz;
      CREATE INDEX payments_in_doubt ON payments (id) WHERE in_doubt_since IS NOT NULL AND status = 'PROCESSING';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payments DROP COLUMN in_doubt_since');
  }
}
