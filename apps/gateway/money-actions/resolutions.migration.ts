import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators also say what became of a payment whose outcome is unknown. */
export class Resolutions1700000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE money_actions DROP CONSTRAINT money_actions_kind_check;
      ALTER TABLE money_actions
        ADD COLUMN outcome text CHECK (outcome IN ('delivered', 'not_delivered')),
        ADD CONSTRAINT money_actions_kind_check CHECK (kind IN ('refund', 'adjustment', 'resolution')),
        ADD CONSTRAINT a_resolution_has_an_outcome CHECK ((kind = 'resolution') = (outcome IS NOT NULL));
      -- A payment's outcome is settled once, however often that is asked for.
      CREATE UNIQUE INDEX one_resolution ON money_actions (subject_id)
        WHERE kind = 'resolution' AND state IN ('waiting_for_approval', 'approved', 'done');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX one_resolution;
      DELETE FROM money_actions WHERE kind = 'resolution';
      ALTER TABLE money_actions DROP COLUMN outcome, DROP CONSTRAINT money_actions_kind_check;
      ALTER TABLE money_actions ADD CONSTRAINT money_actions_kind_check CHECK (kind IN ('refund', 'adjustment'));
    `);
  }
}
