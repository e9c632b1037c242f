import type { MoneyJson } from '#kernel';

/**
 * `PUT /internal/bills/{id}/claim` reserves a bill for one payment. Idempotent: the same payment may claim again.
 * Refusals: not_found (also another customer's bill), amount_mismatch, bill_not_payable, payment_in_progress.
 */
export interface ClaimBill {
  paymentId: string;
  /** Major units, as the payer wrote it; without it the bill's own amount is meant. */
  amount?: string | number;
  /** The person who pays; only the customer of a bill may pay it. */
  payerId: string;
}

export interface ClaimedBill {
  billId: string;
  number: string;
  kind: 'bill' | 'electricity';
  amount: MoneyJson;
  /** One line for people: `Bill B-7K3Q…`, `Electricity for meter 04123456784`. */
  title: string;
  meterNumber?: string;
}
