import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Opt-outs, questions about SMS of which no report came, and contacts that can be erased. */
export class SmsFollowUp1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE contacts
        ADD COLUMN contact_key text,
        ADD COLUMN opted_out_at timestamptz,
        ADD COLUMN erased_at timestamptz;
      ALTER TABLE messages
        ADD COLUMN polls int NOT NULL DEFAULT 0,
        ADD COLUMN poll_at timestamptz;
      CREATE INDEX messages_to_poll ON messages (poll_at) WHERE poll_at IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages DROP COLUMN polls, DROP COLUMN poll_at;
      ALTER TABLE contacts DROP COLUMN contact_key, DROP COLUMN opted_out_at, DROP COLUMN erased_at;
    `);
  }
}
