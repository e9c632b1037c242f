import { boundTo, remembered } from './i6-deliveries.js';
import type { Invariant } from './invariant.js';

/**
 * I8, without the hashes: audit's own `GET /api/audit/verify` computes them anew. A trail row is written in the
 * transaction that notes its event in audit's inbox, so the two agree at any moment.
 */
export const eachEventAudited: Invariant = {
  id: 'I8',
  says: 'Every event is in the audit trail once, and the chain has no gap.',
  rules: (settled) => [
    { rule: 'the chain has no gap', sql: GAPS },
    { rule: 'the chain ends where its head says', sql: HEAD },
    { rule: 'an event is in the trail once', sql: REPEATED },
    settled
      ? { rule: 'the trail has every event', sql: AUDITED }
      : { rule: 'the trail has every event that audit has handled', sql: HANDLED },
  ],
  counted: 'SELECT count(*) AS events FROM audit.trail',
};

const GAPS = `
  SELECT 'row ' || seq || ' of the trail follows row ' || before AS what
  FROM (SELECT seq, lag(seq, 1, (SELECT coalesce(max(seq), 0) FROM audit.anchors)) OVER (ORDER BY seq) AS before FROM audit.trail) AS rows
  WHERE seq <> before + 1`;

const HEAD = `
  SELECT 'the chain should end with row ' || h.seq || ', the last one is ' || coalesce(t.seq, 0)
         || CASE WHEN t.seq = h.seq THEN ' with another hash' ELSE '' END AS what
  FROM audit.chain_head h LEFT JOIN (SELECT seq, hash FROM audit.trail UNION ALL SELECT seq, hash FROM audit.anchors ORDER BY seq DESC LIMIT 1) t ON true
  WHERE h.id = 'main' AND (coalesce(t.seq, 0) <> h.seq OR t.hash <> h.hash)`;

const REPEATED = `
  SELECT 'event ' || event_id || ' is in the trail ' || count(*) || ' times' AS what
  FROM audit.trail GROUP BY event_id HAVING count(*) > 1`;

const AUDITED = `
  SELECT CASE WHEN t.event_id IS NULL THEN o.name || ' ' || o.id || ' is not in the trail'
              ELSE 'event ' || t.event_id || ' of the trail was announced by nobody' END AS what
  FROM (${boundTo('audit')}) o FULL JOIN (SELECT * FROM audit.trail WHERE ${remembered('event_id')}) t ON t.event_id = o.id
  WHERE o.id IS NULL OR (t.event_id IS NULL AND o.published)`;

const HANDLED = `
  SELECT 'event ' || coalesce(i.event_id, t.event_id) || ' is '
         || CASE WHEN t.event_id IS NULL THEN 'not in the trail, although audit has handled it'
                 ELSE 'in the trail, although audit has not handled it' END AS what
  FROM (SELECT event_id FROM audit.inbox WHERE state = 'done' AND ${remembered('event_id')}) i
  FULL JOIN (SELECT * FROM audit.trail WHERE ${remembered('event_id')}) t ON t.event_id = i.event_id
  WHERE i.event_id IS NULL OR t.event_id IS NULL`;
