import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NotificationTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE contacts (
        user_id uuid PRIMARY KEY,
        sealed_contact text NOT NULL,
        language text NOT NULL,
        tell_bills boolean NOT NULL,
        tell_payments boolean NOT NULL,
        tell_wallet boolean NOT NULL,
        as_of_event uuid NOT NULL
      );

      CREATE TABLE messages (
        id uuid PRIMARY KEY,
        event_id uuid NOT NULL,
        user_id uuid NOT NULL,
        template text NOT NULL,
        body text NOT NULL,
        state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed')),
        sid text UNIQUE,
        segments int,
        error_code text,
        correlation_id text NOT NULL,
        attempted_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (event_id, user_id, template)
      );
      CREATE INDEX messages_of_user ON messages (user_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE messages; DROP TABLE contacts;');
  }
}
