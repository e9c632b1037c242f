import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FIRST_HASH } from './trail/chain.rules.js';

export class AuditTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE trail (
        seq bigint PRIMARY KEY,
        event_id uuid NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        correlation_id text NOT NULL,
        at timestamptz NOT NULL,
        envelope text NOT NULL,
        hash text NOT NULL
      ) PARTITION BY RANGE (seq);
      CREATE TABLE trail_rest PARTITION OF trail DEFAULT;
      CREATE TABLE anchors (seq bigint PRIMARY KEY, hash text NOT NULL, dropped_at timestamptz NOT NULL);
      CREATE INDEX trail_event ON trail (event_id);
      CREATE INDEX trail_correlation ON trail (correlation_id);
      CREATE TABLE chain_head (id text PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL);
      INSERT INTO chain_head VALUES ('main', 0, '${FIRST_HASH}');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE anchors; DROP TABLE chain_head; DROP TABLE trail;');
  }
}
