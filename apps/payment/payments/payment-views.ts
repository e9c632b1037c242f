import type { Method, PaymentState, Purpose } from '#contracts';
import type { MoneyJson } from '#kernel';
import { amountOf, type Payment } from './payment.entity.js';

/** The answer to an accepted request; the same whenever it is asked for again. */
export interface AcceptedView {
  id: string;
  reference: string;
  purpose: Purpose;
  status: PaymentState;
  amount: MoneyJson;
  method: Method;
  billId?: string;
  links: { self: string; timeline: string };
}

export interface PaymentView extends AcceptedView {
  title: string;
  note?: string;
  meterNumber?: string;
  /** True while the outcome at a provider is not known. */
  inDoubt: boolean;
  failure?: { code: string; reason: string };
  receiptNumber?: string;
  createdAt: string;
  endedAt?: string;
}

export interface ReceiptView {
  receiptNumber: string;
  paymentId: string;
  reference: string;
  paidAt: string;
  title: string;
  method: Method;
  amount: MoneyJson;
  billId?: string;
  meterNumber?: string;
  note?: string;
}

export function acceptedView(payment: Payment): AcceptedView {
  return {
    id: payment.id,
    reference: payment.reference,
    purpose: payment.purpose,
    status: 'PENDING',
    amount: amountOf(payment).toJSON(),
    method: payment.method,
    billId: payment.billId ?? undefined,
    links: { self: `/api/payments/${payment.id}`, timeline: `/api/payments/${payment.id}/timeline` },
  };
}

export function paymentView(payment: Payment): PaymentView {
  const { failureCode: code, failureReason: reason } = payment;
  return {
    ...acceptedView(payment),
    status: payment.status,
    title: payment.title,
    note: payment.note ?? undefined,
    meterNumber: payment.meterNumber ?? undefined,
    inDoubt: false, // wallet and sandbox always answer; a provider's attempts will say otherwise
    failure: code && reason ? { code, reason } : undefined,
    receiptNumber: payment.receiptNumber ?? undefined,
    createdAt: payment.createdAt.toISOString(),
    endedAt: payment.endedAt?.toISOString(),
  };
}

export function receiptView(payment: Payment & { receiptNumber: string; endedAt: Date }): ReceiptView {
  return {
    receiptNumber: payment.receiptNumber,
    paymentId: payment.id,
    reference: payment.reference,
    paidAt: payment.endedAt.toISOString(),
    title: payment.title,
    method: payment.method,
    amount: amountOf(payment).toJSON(),
    billId: payment.billId ?? undefined,
    meterNumber: payment.meterNumber ?? undefined,
    note: payment.note ?? undefined,
  };
}
