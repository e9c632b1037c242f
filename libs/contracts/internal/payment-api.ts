import type { PaymentState } from '../payment-vocabulary.js';

/**
 * `POST /internal/payments/{id}/settle-claim`: billing asks about a claim that nobody finished. The payment's
 * state, or `none` when the payment was never stored; it then never will be, and the bill may be freed.
 */
export interface ClaimSettlement {
  state: PaymentState | 'none';
}
