import { PaymentCompleted, PaymentFailed } from '#contracts';
import { numberFor } from '#kernel';
import type { Tx } from '#messaging';
import { factsOf, type Payment } from './payment.entity.js';
import { paymentMachine } from './payment.machine.js';

/** What was paid for is delivered: the receipt exists from here on. */
export function completePayment(payment: Payment, tx: Tx): void {
  const receiptNumber = numberFor('R', payment.id);
  tx.set(payment, { status: paymentMachine.move(payment.status, 'PAID'), receiptNumber, endedAt: tx.now });
  tx.publish(PaymentCompleted, payment.id, {
    ...factsOf(payment),
    receiptNumber,
    completedAt: tx.now.toISOString(),
  });
}

/**
 * Proven: nothing was delivered, and nothing is kept. What was collected outside stays in the wallet, whose hold is
 * released: that is its refund.
 */
export function failPayment(payment: Payment, code: string, reason: string, tx: Tx): void {
  tx.set(payment, {
    status: paymentMachine.move(payment.status, wasCollected(payment) ? 'REFUNDED' : 'FAILED'),
    failureCode: code,
    failureReason: reason,
    endedAt: tx.now,
  });
  tx.publish(PaymentFailed, payment.id, { ...factsOf(payment), code, reason });
}

function wasCollected({ status, method }: Payment): boolean {
  return status === 'PROCESSING' && method !== 'wallet';
}
