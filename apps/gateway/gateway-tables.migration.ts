import type { MigrationInterface, QueryRunner } from 'typeorm';

export class GatewayTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The references are checked at the commit: works that share a transaction insert table by table.
    await runner.query(`
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        phone text NOT NULL UNIQUE CHECK (phone ~ '^\\+[1-9][0-9]{6,14}$'),
        password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
        email text,
        role text NOT NULL CHECK (role IN ('household', 'institution', 'operator')),
        institution_name text,
        language text NOT NULL,
        notifications jsonb NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_why text CHECK (revoked_why IN ('logout', 'reuse'))
      );
      CREATE INDEX sessions_user ON sessions (user_id);
      CREATE INDEX sessions_expiry ON sessions (expires_at);
      CREATE TABLE refresh_tokens (
        hash text PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        created_at timestamptz NOT NULL,
        used_at timestamptz
      );
      CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refresh_tokens; DROP TABLE sessions; DROP TABLE users;');
  }
}
