import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TokenFingerprints1760000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE vend_tokens ADD COLUMN fingerprint text;
      CREATE UNIQUE INDEX one_vend_per_token ON vend_tokens (fingerprint) WHERE fingerprint IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE vend_tokens DROP COLUMN fingerprint');
  }
}
