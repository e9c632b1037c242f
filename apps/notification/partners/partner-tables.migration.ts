import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PartnerTables1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A delivery may be written for an endpoint that is just being deleted: no reference, the purge removes it.
    await runner.query(`
      CREATE TABLE webhook_endpoints (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL,
        everybodys boolean NOT NULL,
        url text NOT NULL,
        events jsonb NOT NULL,
        description text,
        state text NOT NULL CHECK (state IN ('enabled', 'disabled')),
        disabled_why text CHECK (disabled_why IN ('gone', 'failing')),
        sealed_secret text NOT NULL,
        sealed_old_secret text,
        old_secret_until timestamptz,
        failures int NOT NULL,
        paused_until timestamptz,
        succeeded_at timestamptz,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX webhook_endpoints_owner ON webhook_endpoints (owner_id, id);
      CREATE INDEX webhook_endpoints_everybodys ON webhook_endpoints (id) WHERE everybodys;

      CREATE TABLE webhook_deliveries (
        id uuid PRIMARY KEY,
        endpoint_id uuid NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        body text NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'sending', 'delivered', 'failed')),
        attempts int NOT NULL,
        step int NOT NULL,
        next_at timestamptz NOT NULL,
        last_status int,
        last_answer text,
        last_error text,
        correlation_id text NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        UNIQUE (endpoint_id, event_id)
      );
      CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id);
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_at)
        WHERE state IN ('pending', 'sending');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries; DROP TABLE webhook_endpoints;');
  }
}
