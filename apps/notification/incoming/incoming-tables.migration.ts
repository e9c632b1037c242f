import type { MigrationInterface, QueryRunner } from 'typeorm';

/** SMS that came in, and how often each phone was answered. */
export class IncomingTables1700000000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE incoming_sms (
        sid text PRIMARY KEY,
        received_at timestamptz NOT NULL
      );
      CREATE INDEX incoming_sms_by_age ON incoming_sms (received_at);
      CREATE TABLE sms_senders (
        phone text PRIMARY KEY,
        answers int NOT NULL,
        since timestamptz NOT NULL,
        helped_at timestamptz
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sms_senders; DROP TABLE incoming_sms;');
  }
}
