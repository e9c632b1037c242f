import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Method, PaymentState, Purpose } from '#contracts';
import { type Currency, Money } from '#kernel';

/** One intention to pay one thing once. */
@Entity('payments')
export class Payment {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') reference!: string;
  @Column('uuid', { name: 'payer_id' }) payerId!: string;
  @Column('uuid', { name: 'payee_id', nullable: true }) payeeId!: string | null;
  @Column('uuid', { name: 'bill_id', nullable: true }) billId!: string | null;
  @Column('text', { name: 'meter_number', nullable: true }) meterNumber!: string | null;
  @Column('text') purpose!: Purpose;
  @Column('text') method!: Method;
  @Column('text') status!: PaymentState;
  /** Minor units. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  @Column('text') title!: string;
  @Column('text', { nullable: true }) note!: string | null;
  @Column('text', { name: 'failure_code', nullable: true }) failureCode!: string | null;
  @Column('text', { name: 'failure_reason', nullable: true }) failureReason!: string | null;
  @Column('text', { name: 'receipt_number', nullable: true }) receiptNumber!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'held_at', nullable: true }) heldAt!: Date | null;
  /** Since when the outcome outside is unknown; kept when it is known in the end. */
  @Column('timestamptz', { name: 'in_doubt_since', nullable: true }) inDoubtSince!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
  @Column('timestamptz', { name: 'refunded_at', nullable: true }) refundedAt!: Date | null;
  @Column('text', { name: 'refund_reason', nullable: true }) refundReason!: string | null;
  /** The operators' decision by which it was given back. */
  @Column('uuid', { name: 'refund_decision', nullable: true }) refundDecision!: string | null;
}

export function amountOf(payment: Pick<Payment, 'amount' | 'currency'>): Money {
  return Money.ofMinor(payment.amount, payment.currency);
}

/** Whether the outcome outside is unknown now. */
export function isInDoubt({ status, inDoubtSince }: Pick<Payment, 'status' | 'inDoubtSince'>): boolean {
  return status === 'PROCESSING' && inDoubtSince !== null;
}

/** What every event about a payment says of it. */
export function factsOf(payment: Payment) {
  return {
    paymentId: payment.id,
    reference: payment.reference,
    purpose: payment.purpose,
    method: payment.method,
    payerId: payment.payerId,
    ...(payment.payeeId && { payeeId: payment.payeeId }),
    ...(payment.billId && { billId: payment.billId }),
    amount: amountOf(payment).toJSON(),
    title: payment.title,
    ...(payment.note && { note: payment.note }),
  };
}
