import type { MoneyJson } from '#kernel';
import type { PaymentState } from '../payment-vocabulary.js';

/**
 * `POST /internal/payments/{id}/settle-claim`: billing asks about a claim that nobody finished. The payment's
 * state, or `none` when the payment was never stored; it then never will be, and the bill may be freed.
 */
export interface ClaimSettlement {
  state: PaymentState | 'none';
}

/**
 * `GET /internal/payments/{id}/refundable`: what would be given back. Refusals: not_found, payment_not_refundable.
 */
export interface RefundablePayment {
  amount: MoneyJson;
}

/** `POST /internal/payments/{id}/refund`, once per decision. Refusals: not_found, payment_not_refundable. */
export interface RefundPayment {
  decisionId: string;
  reason: string;
}
