import type { Invariant } from './invariant.js';

/**
 * I5. What was paid for a meter was made once. A vend ends before its payment does, so whatever a payment says of its
 * end must be true of the vend at any moment.
 */
export const oneVendPerPayment: Invariant = {
  id: 'I5',
  says: 'A paid payment for electricity has one vend that was issued, with its tokens in order; a payment that failed has none; no two tokens of a meter have one identifier.',
  rules: (settled) => [
    { rule: 'a payment and its vend agree', sql: AGREE },
    { rule: 'a vend belongs to a payment for its meter, of its amount', sql: BELONGS },
    { rule: 'the tokens of an issued vend are in order, and no other has any', sql: TOKENS },
    { rule: 'an issued vend still has every token that it was issued with', sql: COMPLETE },
    { rule: 'a meter gets an identifier once', sql: IDENTIFIERS },
    ...(settled ? [{ rule: 'a vend that has not ended is in doubt', sql: UNFINISHED }] : []),
  ],
  counted: `
    SELECT count(*) AS vends, count(*) FILTER (WHERE state = 'issued') AS issued,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           count(*) FILTER (WHERE state = 'requested') AS requested,
           count(*) FILTER (WHERE conflict IS NOT NULL) AS conflicts
    FROM billing.vends`,
};

/** REFUNDED without a receipt: it was never paid, and what was collected stayed in the wallet. */
const AGREE = `
  SELECT 'payment ' || p.id || ' is ' || p.status || ', its vend is ' || coalesce(v.state, 'missing') AS what
  FROM payment.payments p LEFT JOIN billing.vends v ON v.id = p.id
  WHERE p.purpose = 'electricity' AND CASE
    WHEN p.receipt_number IS NOT NULL THEN v.state IS DISTINCT FROM 'issued'
    WHEN p.status IN ('FAILED', 'REFUNDED') THEN v.state IN ('requested', 'issued')
    WHEN p.status = 'PENDING' THEN v.id IS NOT NULL
    ELSE false
  END`;

const BELONGS = `
  SELECT 'vend ' || v.id || ' is of payment '
         || CASE WHEN p.id IS NULL THEN 'that does not exist' ELSE p.id || ' for something else' END AS what
  FROM billing.vends v LEFT JOIN payment.payments p ON p.id = v.id
  WHERE v.cause = 'payment' AND (p.id IS NULL OR p.purpose <> 'electricity' OR p.payer_id <> v.owner_id
    OR p.amount <> v.amount OR p.currency <> v.currency OR p.meter_number IS DISTINCT FROM v.meter_number)`;

const TOKENS = `
  SELECT 'vend ' || v.id || ' is ' || v.state || ' with ' || t.tokens || ' token(s)' AS what
  FROM billing.vends v
  JOIN (SELECT vend_id, count(*) AS tokens, max(position) AS last, count(DISTINCT position) AS places,
               count(*) FILTER (WHERE kind = 'credit') AS credits
        FROM billing.vend_tokens GROUP BY vend_id) t ON t.vend_id = v.id
  WHERE v.state <> 'issued' OR t.places <> t.tokens OR t.last <> t.tokens - 1 OR t.credits <> 1`;

/** Of online credit there are none, and its count is zero. */
const COMPLETE = `
  SELECT 'vend ' || v.id || ' was issued with ' || coalesce(v.token_count::text, 'an unknown number of')
         || ' token(s), and has ' || count(t.id) AS what
  FROM billing.vends v LEFT JOIN billing.vend_tokens t ON t.vend_id = v.id
  WHERE v.state = 'issued' GROUP BY v.id HAVING v.token_count IS DISTINCT FROM count(t.id)`;

const IDENTIFIERS = `
  SELECT 'meter ' || meter_number || ' got identifier ' || tid || ' ' || count(*) || ' times' AS what
  FROM billing.vends WHERE tid IS NOT NULL GROUP BY meter_number, key_id, tid HAVING count(*) > 1`;

const UNFINISHED = `
  SELECT 'vend ' || id || ' is neither issued nor failed, and nobody is asked about it' AS what
  FROM billing.vends WHERE state = 'requested' AND in_doubt_since IS NULL`;
