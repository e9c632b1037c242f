import { defineEvent, t } from '../event-definition.js';
import { METHODS, PURPOSES } from '../payment-vocabulary.js';

const payment = {
  paymentId: t.id,
  /** What people quote on the phone: `P-7K3Q9ZPX4M2D`. */
  reference: t.text,
  purpose: t.oneOf(PURPOSES),
  method: t.oneOf(METHODS),
  payerId: t.id,
  /** Receiver of a transfer. */
  payeeId: t.maybe(t.id),
  billId: t.maybe(t.id),
  amount: t.money,
  /** One line for people: `Bill B-7K3Q…`, `Wallet top-up`. */
  title: t.text,
  note: t.maybe(t.text),
};

/** A payment was accepted and its money is wanted. */
export const PaymentInitiated = defineEvent('payment_initiated', 1, 'payment', payment);

/** A provider confirmed that it collected the payer's money for this payment. */
export const FundsCollected = defineEvent('funds_collected', 1, 'payment', {
  ...payment,
  provider: t.text,
});

/** The amount is reserved in the payer's wallet until the payment completes or fails. */
export const FundsHeld = defineEvent('funds_held', 1, 'wallet', { paymentId: t.id, amount: t.money });

/** The wallet could not reserve the amount; nothing was taken. */
export const FundsRefused = defineEvent('funds_refused', 1, 'wallet', {
  paymentId: t.id,
  amount: t.money,
  code: t.oneOf(['insufficient_funds', 'currency_mismatch'] as const),
});

/** What was paid for is delivered; the held money may be taken. */
export const PaymentCompleted = defineEvent('payment_completed', 1, 'payment', {
  ...payment,
  receiptNumber: t.text,
  completedAt: t.moment,
});

/** Nothing was delivered and nothing is kept. */
export const PaymentFailed = defineEvent('payment_failed', 1, 'payment', {
  ...payment,
  code: t.text,
  reason: t.text,
});

/** An operator gave a paid payment's money back. */
export const PaymentRefunded = defineEvent('payment_refunded', 1, 'payment', {
  ...payment,
  reason: t.text,
  refundedAt: t.moment,
  /** The operators' decision that led to it. */
  decisionId: t.id,
});
