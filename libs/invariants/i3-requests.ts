import type { Invariant } from './invariant.js';

/**
 * I3. A key is the primary key of its row, which names one payment: a second payment of the same request
 * would be one that no key stands for.
 */
export const oneRequestOnePayment: Invariant = {
  id: 'I3',
  says: 'One accepted request is one payment: one key, one reference, one receipt, and at most one payment of a bill that has not failed.',
  rules: () => [
    { rule: 'a reference names one payment', sql: sharedBy('reference') },
    { rule: 'a receipt is of one payment', sql: sharedBy('receipt_number') },
    { rule: 'a bill has at most one payment under way or paid', sql: ONE_PER_BILL },
    { rule: 'a key stands for each payment', sql: WITHOUT_KEY },
    { rule: 'a payment that was declared never to be stored is not', sql: ABANDONED },
  ],
  counted: `
    SELECT (SELECT count(*) FROM payment.payments) AS payments,
           (SELECT count(*) FROM payment.request_keys) AS keys`,
};

function sharedBy(column: 'reference' | 'receipt_number'): string {
  return `
    SELECT 'payment ' || id || ' shares its ${column}' AS what
    FROM payment.payments
    WHERE ${column} IN (SELECT ${column} FROM payment.payments GROUP BY ${column} HAVING count(*) > 1)`;
}

const ONE_PER_BILL = `
  SELECT 'bill ' || bill_id || ' has ' || count(*) || ' payments under way or paid' AS what
  FROM payment.payments WHERE bill_id IS NOT NULL AND status IN ('PENDING', 'PROCESSING', 'PAID')
  GROUP BY bill_id HAVING count(*) > 1`;

/**
 * A header's key may be used anew after 72 hours, and its row then names the new payment: older payments are
 * left out. By the newest key, not by today's date, so that it is right under every clock.
 */
const WITHOUT_KEY = `
  SELECT 'payment ' || p.id || ' has no request key' AS what
  FROM payment.payments p
  WHERE p.created_at > (SELECT coalesce(max(created_at), '-infinity') FROM payment.request_keys) - interval '71 hours'
    AND NOT EXISTS (SELECT FROM payment.request_keys k WHERE k.payment_id = p.id)`;

/** Billing frees a bill's claim on that word. */
const ABANDONED = `
  SELECT 'payment ' || p.id || ' is stored, although its request was declared abandoned' AS what
  FROM payment.request_keys k JOIN payment.payments p ON p.id = k.payment_id
  WHERE k.abandoned`;
