import type { PaymentInitiated, PayloadOf } from '#contracts';
import { isCurrency, Money } from '#kernel';
import { PermanentError } from '#messaging';

/** What every event about a payment says of it. */
export type PaymentFacts = PayloadOf<typeof PaymentInitiated>;

/** The payment's amount. Throws `PermanentError` when it is not above zero, or no money at all. */
export function moneyOf({ paymentId, amount }: PaymentFacts): Money {
  const read = isCurrency(amount.currency) ? Money.parse(amount.amount, amount.currency) : undefined;
  if (!read?.ok || !read.value.positive)
    throw new PermanentError(`payment ${paymentId} has an impossible amount`);
  return read.value;
}
