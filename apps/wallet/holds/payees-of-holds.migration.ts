import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who will receive held money: a wallet that is about to get some is not at rest. */
export class PayeesOfHolds1700000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE holds ADD COLUMN payee_id uuid;
      CREATE INDEX holds_open_of_wallet ON holds (wallet_id) WHERE state = 'held';
      CREATE INDEX holds_open_of_payee ON holds (payee_id) WHERE state = 'held' AND payee_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE holds DROP COLUMN payee_id; DROP INDEX holds_open_of_wallet;');
  }
}
