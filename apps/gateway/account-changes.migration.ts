import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Password resets, a key of each person's own for their sealed contact, and the closing of accounts. */
export class AccountChanges1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE password_resets (
        user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        code_hash text,
        expires_at timestamptz NOT NULL,
        tries int NOT NULL,
        sends jsonb NOT NULL
      );
      ALTER TABLE sessions DROP CONSTRAINT sessions_revoked_why_check;
      ALTER TABLE sessions ADD CONSTRAINT sessions_revoked_why_check
        CHECK (revoked_why IN ('logout', 'reuse', 'password'));
      ALTER TABLE users ADD COLUMN contact_key text;
      CREATE TABLE account_closings (
        user_id uuid PRIMARY KEY,
        closing_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('closing', 'reopening', 'reopened', 'closed')),
        since timestamptz NOT NULL
      );
      CREATE INDEX account_closings_open ON account_closings (since) WHERE state IN ('closing', 'reopening');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE account_closings;
      ALTER TABLE users DROP COLUMN contact_key;
      DROP TABLE password_resets;
    `);
  }
}
