import { type EventDefinition, PaymentCompleted, PaymentFailed, PaymentRefunded } from '#contracts';
import type { Invariant } from './invariant.js';

/** I9, by the audit trail, which keeps what the payments' table could forget. */
export const endsAreFinal: Invariant = {
  id: 'I9',
  says: 'A payment ends once: as PAID, which REFUNDED alone may follow, once, or as FAILED (REFUNDED, when the money was collected outside); the trail tells of one end, and the payment says the same.',
  rules: (settled) => [
    { rule: 'the trail tells of one end, and the payment says the same', sql: ends(settled) },
  ],
  counted: `
    SELECT count(*) AS ended FROM payment.payments WHERE status NOT IN ('PENDING', 'PROCESSING')`,
};

function isOf(event: EventDefinition): string {
  return `type LIKE 'wattline.${event.name.replaceAll('_', '\\_')}.v%'`;
}

/** In a running system audit may still have to hear of an end. */
function ends(settled: boolean): string {
  return `
    SELECT 'payment ' || coalesce(p.id::text, t.subject) || ' is ' || coalesce(p.status, 'unknown')
           || ', it was completed ' || coalesce(t.completed, 0) || ' times, failed ' || coalesce(t.failed, 0)
           || ' times and refunded ' || coalesce(t.refunded, 0) || ' times' AS what
    FROM (SELECT subject, count(*) FILTER (WHERE ${isOf(PaymentCompleted)}) AS completed,
                 count(*) FILTER (WHERE ${isOf(PaymentRefunded)}) AS refunded,
                 count(*) FILTER (WHERE ${isOf(PaymentFailed)}) AS failed
          FROM audit.trail WHERE ${isOf(PaymentCompleted)} OR ${isOf(PaymentFailed)}
                               OR ${isOf(PaymentRefunded)} GROUP BY subject) t
    FULL JOIN payment.payments p ON p.id::text = t.subject
    WHERE t.completed + t.failed > 1 OR t.refunded > 1
       OR (t.refunded > 0 AND coalesce(p.status, 'none') <> 'REFUNDED')
       OR (t.completed > 0 AND coalesce(p.status, 'none') NOT IN ('PAID', 'REFUNDED'))
       OR (t.failed > 0 AND coalesce(p.status, 'none') NOT IN ('FAILED', 'REFUNDED'))
       OR (t.failed > 0 AND p.receipt_number IS NOT NULL)
       ${
         settled
           ? `OR (t.subject IS NULL AND p.status NOT IN ('PENDING', 'PROCESSING'))
              OR (p.status = 'REFUNDED' AND coalesce(t.refunded, 0) + coalesce(t.failed, 0) = 0)`
           : ''
       }`;
}
