import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts of attempts, in the form that rate-limiter-flexible reads and writes. */
export class AttemptTables1700000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `expire` (Unix milliseconds) is a number to the library; a bigint would reach it as a BigInt.
    await runner.query(`
      CREATE TABLE attempts (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire double precision
      );
      CREATE INDEX attempts_expiry ON attempts (expire);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE attempts;');
  }
}
