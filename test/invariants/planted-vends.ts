import type { Planted } from './planted-violations.js';

const VEND = `(SELECT id FROM billing.vends WHERE state = 'issued' AND cause = 'payment' ORDER BY id LIMIT 1)`;

export const vends: Omit<Planted, 'breaks'>[] = [
  {
    what: 'a paid payment whose vend has failed',
    when: 'always',
    sql: `DELETE FROM billing.vend_tokens WHERE vend_id = ${VEND};
          UPDATE billing.vends SET state = 'failed', failure_code = 'planted' WHERE id = ${VEND}`,
  },
  {
    what: 'a paid payment without a vend',
    when: 'always',
    sql: `CREATE TEMP TABLE gone AS SELECT ${VEND} AS id; DELETE FROM billing.vend_tokens WHERE vend_id = (SELECT id FROM gone);
          DELETE FROM billing.vends WHERE id = (SELECT id FROM gone)`,
  },
  {
    what: 'a vend that nobody paid for',
    when: 'always',
    sql: `INSERT INTO billing.vends SELECT (jsonb_populate_record(v,
            '{"id": "01900000-0000-7000-8000-000000000003", "tid": null}')).* FROM billing.vends v WHERE id = ${VEND}`,
  },
  {
    what: 'a vend for another meter than the payment is for',
    when: 'always',
    sql: `UPDATE billing.vends SET meter_number = '00000000000' WHERE id = ${VEND}`,
  },
  {
    what: 'a second credit token of one vend',
    when: 'always',
    sql: `INSERT INTO billing.vend_tokens SELECT (jsonb_populate_record(t,
            '{"id": "01900000-0000-7000-8000-000000000004", "position": 1, "fingerprint": null}')).* FROM billing.vend_tokens t WHERE vend_id = ${VEND}`,
  },
  {
    what: 'an issued vend whose tokens have vanished',
    when: 'always',
    sql: `DELETE FROM billing.vend_tokens WHERE vend_id = ${VEND}`,
  },
  {
    what: 'two tokens of one meter with one identifier',
    when: 'always',
    sql: `ALTER TABLE billing.vends DROP CONSTRAINT one_token_per_identifier;
          UPDATE billing.vends SET tid = 1 WHERE cause = 'payment'`,
  },
  {
    what: 'a vend that was forgotten in the middle',
    when: 'settled',
    sql: `INSERT INTO billing.vends SELECT (jsonb_populate_record(v, '{"id": "01900000-0000-7000-8000-000000000005", "tid": null,
            "cause": "voucher", "state": "requested", "ended_at": null}')).* FROM billing.vends v WHERE id = ${VEND}`,
  },
];
