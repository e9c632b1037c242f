import type { MoneyJson } from '#kernel';

/**
 * `POST /internal/claims`, gathered: each question reserves a bill for one payment. Idempotent: the same payment may claim
 * again.
 * Refusals: not_found (also another customer's bill), amount_mismatch, bill_not_payable, payment_in_progress,
 * step_up_required.
 */
export interface ClaimBill {
  billId: string;
  paymentId: string;
  /** Major units, as the payer wrote it; without it the bill's own amount is meant. */
  amount?: string | number;
  /** The person who pays; only the customer of a bill may pay it. */
  payerId: string;
  /** Payments that never will be stored, as payment has told: a claim of theirs is taken over. */
  insteadOf?: string[];
  /** Whole major units; a bill above it is not promised, since the payer has not proved again who they are. */
  atMost?: number;
}

export interface ClaimedBill {
  billId: string;
  number: string;
  kind: 'bill' | 'electricity' | 'vouchers';
  amount: MoneyJson;
  /** One line for people: `Bill B-7K3Q…`, `Electricity for meter 04123456784`. */
  title: string;
  meterNumber?: string;
}
