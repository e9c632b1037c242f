import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a bill really took off a debt, how many tokens a vend was issued with, and for how many days a device was paid. */
export class TakenAndIssued1700000000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE bills ADD arrears_taken bigint CHECK (arrears_taken >= 0);
      UPDATE bills SET arrears_taken = (basis ->> 'arrearsTaken')::bigint
      WHERE basis IS NOT NULL AND (claimed_by IS NOT NULL OR status = 'paid');
      ALTER TABLE vends ADD token_count int CHECK (token_count >= 0);
      ALTER TABLE vends ADD days int CHECK (days > 0);
      UPDATE vends v SET token_count = (SELECT count(*) FROM vend_tokens t WHERE t.vend_id = v.id)
      WHERE state = 'issued';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE vends DROP days, DROP token_count; ALTER TABLE bills DROP arrears_taken;',
    );
  }
}
