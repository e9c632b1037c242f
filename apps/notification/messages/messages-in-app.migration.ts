import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that stand in the app alone. */
export class MessagesInApp1700000003301 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages DROP CONSTRAINT messages_state_check, ADD CONSTRAINT messages_state_check
        CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'shown'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM messages WHERE state = 'shown';
      ALTER TABLE messages DROP CONSTRAINT messages_state_check, ADD CONSTRAINT messages_state_check
        CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed'));
    `);
  }
}
