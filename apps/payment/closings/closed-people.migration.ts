import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ClosedPeople1700000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE closed_people (
        user_id uuid PRIMARY KEY,
        closing_id uuid NOT NULL,
        is_closed boolean NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE closed_people');
  }
}
