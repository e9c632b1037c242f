import { Problem } from '#kernel';
import type { Payment } from '../payments/payment.entity.js';

/** Why a payment cannot be given back, or undefined when it can. */
export function whyNotRefundable({
  status,
  purpose,
}: Pick<Payment, 'status' | 'purpose'>): Problem | undefined {
  if (purpose === 'transfer') {
    return new Problem(
      'payment_not_refundable',
      'the money of a transfer is the receiver’s: only they can send it back',
    );
  }
  if (purpose === 'top_up') {
    return new Problem('payment_not_refundable', 'the money of a top-up is in the payer’s wallet already');
  }
  if (purpose === 'vouchers') {
    return new Problem(
      'payment_not_refundable',
      'vouchers go back by taking the unused ones out of use: their value then is in the wallet again',
    );
  }
  if (status === 'PAID') return undefined;
  return new Problem(
    'payment_not_refundable',
    `only a paid payment can be given back; this one is ${status}`,
  );
}
