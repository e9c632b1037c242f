import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InsteadOf1700000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_keys ADD COLUMN instead_of uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE request_keys DROP COLUMN instead_of');
  }
}
