import type { PaymentInDoubt } from '#contracts';
import { amountOf, isInDoubt, type Payment } from '../payments/payment.entity.js';

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
  const late = new Date(payment.createdAt.getTime() + afterSeconds * 1000);
  const since = payment.inDoubtSince ?? late;
  const deadline = new Date(since.getTime() + resolveHours * 3_600_000);
  return {
    id: payment.id,
    reference: payment.reference,
    status: payment.status,
    payerId: payment.payerId,
    amount: amountOf(payment).toJSON(),
    createdAt: payment.createdAt.toISOString(),
    unknownSince: isInDoubt(payment) ? payment.inDoubtSince?.toISOString() : undefined,
    waitsFor: waitsFor(payment),
    owner: 'operators on duty',
    deadline: deadline.toISOString(),
    overdue: deadline <= now,
  };
}

function waitsFor(payment: Payment): string {
  if (payment.status === 'PENDING') return 'its money is reserved or refused';
  return isInDoubt(payment)
    ? 'the issuer of the token, or a person, says whether it was made'
    : 'what was paid for is delivered';
}
