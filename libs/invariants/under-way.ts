import { PaymentCompleted, PaymentFailed, PaymentRefunded, type ServiceName } from '#contracts';

/**
 * Of rows (`payment_id`, `what`) that look wrong, those that no event under way will put right: the service has
 * heard of the end of the payment, or its dead letter shows that it will not. The fence (MATERIALIZED) keeps
 * PostgreSQL from reading all ends of payments when nothing looks wrong.
 */
export function unlessUnderWayTo(service: ServiceName, suspects: string): string {
  return `
    WITH suspect AS MATERIALIZED (${suspects})
    SELECT what FROM suspect WHERE payment_id NOT IN (
      SELECT (o.envelope::json ->> 'subject')::uuid
      FROM payment.outbox o LEFT JOIN ${service}.inbox i ON i.event_id = o.id
      WHERE o.name IN ('${PaymentCompleted.name}', '${PaymentFailed.name}', '${PaymentRefunded.name}')
        AND (i.event_id IS NULL OR i.state = 'retry'))`;
}
