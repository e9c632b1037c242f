import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Method, METHODS, PAYMENT_STATES, type PaymentState, type Purpose, PURPOSES } from '#contracts';
import type { MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { amountOf, type Payment } from './payment.entity.js';

class PaymentLinks {
  @ApiProperty() self!: string;
  @ApiProperty() timeline!: string;
}

/** The answer to an accepted request; the same whenever it is asked for again. */
export class AcceptedView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'P-7K3Q9ZPX4M2D' }) reference!: string;
  @ApiProperty({ enum: PURPOSES }) purpose!: Purpose;
  @ApiProperty({ enum: PAYMENT_STATES }) status!: PaymentState;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ enum: METHODS }) method!: Method;
  @ApiPropertyOptional({ format: 'uuid' }) billId?: string;
  @ApiProperty({ type: PaymentLinks }) links!: PaymentLinks;
}

class PaymentFailure {
  @ApiProperty({ example: 'insufficient_funds' }) code!: string;
  @ApiProperty() reason!: string;
}

export class PaymentView extends AcceptedView {
  @ApiProperty() title!: string;
  @ApiPropertyOptional() note?: string;
  @ApiPropertyOptional() meterNumber?: string;
  @ApiProperty({ description: 'the outcome at a provider is not known' }) inDoubt!: boolean;
  @ApiPropertyOptional({ type: PaymentFailure }) failure?: PaymentFailure;
  @ApiPropertyOptional() receiptNumber?: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'when it was given back' }) refundedAt?: string;
}

export class PaymentPage {
  @ApiProperty({ type: [PaymentView] }) items!: PaymentView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class ReceiptView {
  @ApiProperty() receiptNumber!: string;
  @ApiProperty({ format: 'uuid' }) paymentId!: string;
  @ApiProperty() reference!: string;
  @ApiProperty({ format: 'date-time' }) paidAt!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ enum: METHODS }) method!: Method;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiPropertyOptional({ format: 'uuid' }) billId?: string;
  @ApiPropertyOptional() meterNumber?: string;
  @ApiPropertyOptional() note?: string;
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
    refundedAt: payment.refundedAt?.toISOString(),
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
