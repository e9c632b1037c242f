import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationClass } from '#persistence';
import { MessagingTables1700000000000 } from './messaging-tables.migration.js';

/** What failed, and what operators decided about it. Null for what was handled at once, which is nearly all. */
export class InboxHistory1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox ADD COLUMN history jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox DROP COLUMN history');
  }
}

/** The tables that every service has beside its own. */
export const MESSAGING_MIGRATIONS: MigrationClass[] = [
  MessagingTables1700000000000,
  InboxHistory1700000000100,
];
