import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators decide, and accounts that they lock. */
export class OperatorTables1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dead_letter_decisions (
        key text PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        service text NOT NULL,
        event_id uuid NOT NULL,
        attempts int NOT NULL,
        action text NOT NULL CHECK (action IN ('retry', 'discard')),
        reason text,
        decided_by uuid NOT NULL,
        decided_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('decided', 'told', 'refused')),
        CHECK (action = 'retry' OR reason IS NOT NULL)
      );

      CREATE TABLE money_actions (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('refund', 'adjustment')),
        subject_id uuid NOT NULL,
        amount bigint NOT NULL CHECK (amount <> 0),
        currency text NOT NULL,
        reason text NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting_for_approval', 'approved', 'rejected', 'done', 'refused')),
        requested_by uuid NOT NULL,
        requested_at timestamptz NOT NULL,
        needs_approval boolean NOT NULL,
        decided_by uuid,
        decided_at timestamptz,
        decided_why text,
        refusal text,
        ended_at timestamptz,
        -- The last wall against one person alone: nobody agrees with themselves.
        CHECK (decided_by <> requested_by),
        CHECK (NOT needs_approval OR state = 'waiting_for_approval' OR decided_by IS NOT NULL)
      );
      -- A payment is given back once, however often that is asked for.
      CREATE UNIQUE INDEX one_refund ON money_actions (subject_id)
        WHERE kind = 'refund' AND state IN ('waiting_for_approval', 'approved', 'done');

      CREATE TABLE money_action_keys (
        id text PRIMARY KEY,
        body_hash text NOT NULL,
        action_id uuid NOT NULL,
        created_at timestamptz NOT NULL
      );

      ALTER TABLE users ADD COLUMN suspended_at timestamptz, ADD COLUMN suspended_why text;
      ALTER TABLE sessions DROP CONSTRAINT sessions_revoked_why_check;
      ALTER TABLE sessions ADD CONSTRAINT sessions_revoked_why_check
        CHECK (revoked_why IN ('logout', 'reuse', 'suspended', 'password'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE sessions SET revoked_why = 'logout' WHERE revoked_why = 'suspended';
      ALTER TABLE sessions DROP CONSTRAINT sessions_revoked_why_check;
      ALTER TABLE sessions ADD CONSTRAINT sessions_revoked_why_check CHECK (revoked_why IN ('logout', 'reuse', 'password'));
      ALTER TABLE users DROP COLUMN suspended_at, DROP COLUMN suspended_why;
      DROP TABLE money_action_keys; DROP TABLE money_actions; DROP TABLE dead_letter_decisions;
    `);
  }
}
