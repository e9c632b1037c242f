import type { PaymentInDoubt } from '#contracts';
import { amountOf, type Payment } from '../payments/payment.entity.js';

export interface Deadlines {
  /** An unfinished payment is in doubt when it is older. */
  afterSeconds: number;
  /** From then on, somebody has this long to see to it. */
  resolveHours: number;
}

/** Before which moment an unfinished payment was accepted that is in doubt now. */
export function inDoubtBefore(now: Date, { afterSeconds }: Deadlines): Date {
  return new Date(now.getTime() - afterSeconds * 1000);
}

/** A payment that has not ended in time, as operators see it. */
export function inDoubtView(payment: Payment, now: Date, deadlines: Deadlines): PaymentInDoubt {
  const { afterSeconds, resolveHours } = deadlines;
  const deadline = new Date(payment.createdAt.getTime() + (afterSeconds + resolveHours * 3600) * 1000);
  return {
    id: payment.id,
    reference: payment.reference,
    status: payment.status,
    payerId: payment.payerId,
    amount: amountOf(payment).toJSON(),
    createdAt: payment.createdAt.toISOString(),
    waitsFor:
      payment.status === 'PENDING' ? 'its money is reserved or refused' : 'what was paid for is delivered',
    owner: 'operators on duty',
    deadline: deadline.toISOString(),
    overdue: deadline <= now,
  };
}
