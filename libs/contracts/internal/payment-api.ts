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

/** `GET /api/ops/payments?inDoubt=true`: a payment that has not ended in time, and who has to see to it by when. */
export interface PaymentInDoubt {
  id: string;
  reference: string;
  status: PaymentState;
  payerId: string;
  amount: MoneyJson;
  createdAt: string;
  /** The outcome outside is unknown: it is asked for, or a person settles it. */
  unknownSince?: string;
  /** What has to happen next. */
  waitsFor: string;
  /** Who sees to it. */
  owner: string;
  deadline: string;
  /** The deadline is over. */
  overdue: boolean;
}

/** `POST /internal/payments/{id}/refund`, once per decision. Refusals: not_found, payment_not_refundable. */
export interface RefundPayment {
  decisionId: string;
  reason: string;
}

/**
 * `POST /internal/people/{id}/close`: no payment of this person, or to them, is accepted from now on, until
 * `POST /internal/people/{id}/reopen` with the same closing. Both may be repeated, and may arrive in any order:
 * what was reopened stays open. Refusal: conflict, when this closing was given up.
 */
export interface ClosePerson {
  closingId: string;
}

export interface PersonClosed {
  /** Payments of the person, or to them, that have not ended yet. */
  underWay: number;
}
