import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outbox, inbox and effects of one service, in its own schema. The housekeeping adds a partition for each day. */
export class MessagingTables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        envelope text NOT NULL,
        created_at timestamptz NOT NULL,
        relay_after timestamptz NOT NULL,
        published_at timestamptz
      ) PARTITION BY RANGE (id);
      CREATE TABLE outbox_rest PARTITION OF outbox DEFAULT;
      CREATE INDEX outbox_unpublished ON outbox (relay_after) WHERE published_at IS NULL;

      CREATE TABLE inbox (
        event_id uuid PRIMARY KEY,
        type text NOT NULL,
        received_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('done', 'retry', 'dead', 'discarded')),
        attempts int NOT NULL,
        next_at timestamptz,
        error text,
        envelope text
      ) PARTITION BY RANGE (event_id);
      CREATE TABLE inbox_rest PARTITION OF inbox DEFAULT;
      -- Below lies what the housekeeping has dropped; whoever compares the services begins above it.
      CREATE TABLE kept (events_from uuid NOT NULL);
      INSERT INTO kept VALUES ('00000000-0000-0000-0000-000000000000');
      CREATE INDEX inbox_open ON inbox (state, next_at) WHERE state IN ('retry', 'dead');

      CREATE TABLE effects (
        reference uuid PRIMARY KEY,
        kind text NOT NULL,
        command text NOT NULL,
        state text NOT NULL CHECK (state IN ('started', 'scheduled', 'unknown', 'done')),
        attempts int NOT NULL,
        questions int NOT NULL,
        next_at timestamptz NOT NULL,
        error text,
        created_at timestamptz NOT NULL,
        correlation_id text NOT NULL,
        causation_id uuid
      );
      CREATE INDEX effects_open ON effects (next_at) WHERE state <> 'done';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE effects; DROP TABLE kept; DROP TABLE inbox; DROP TABLE outbox;');
  }
}
