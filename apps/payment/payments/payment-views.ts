import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type Method,
  METHODS,
  PAYMENT_STATES,
  type PaymentState,
  type Purpose,
  PURPOSES,
  type Quantity,
  TOKEN_KINDS,
  type TokenKind,
  type VendDetails,
  type VendToken,
} from '#contracts';
import { maskToken, type MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { amountOf, isInDoubt, type Payment } from './payment.entity.js';

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

/** What is keyed into the meter, in this order. */
export class TokenView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: TOKEN_KINDS }) kind!: TokenKind;
  @ApiProperty({ description: 'whole for the payer alone', example: '34809276733624414743' }) token!: string;
  @ApiPropertyOptional({ example: '50' }) kwh?: string;
  @ApiPropertyOptional({ description: 'on a device that is paid by time' }) days?: number;
}

export class PaymentView extends AcceptedView {
  @ApiProperty() title!: string;
  @ApiPropertyOptional() note?: string;
  @ApiPropertyOptional() meterNumber?: string;
  @ApiProperty({ description: 'the outcome at a provider is not known' }) inDoubt!: boolean;
  @ApiPropertyOptional({ type: PaymentFailure }) failure?: PaymentFailure;
  @ApiPropertyOptional() receiptNumber?: string;
  @ApiPropertyOptional({ type: [TokenView], description: 'of one payment, not in lists' })
  tokens?: TokenView[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'when it was given back' }) refundedAt?: string;
}

export class PaymentPage {
  @ApiProperty({ type: [PaymentView] }) items!: PaymentView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

class UnitsView implements Quantity {
  @ApiPropertyOptional({ example: '12.3' }) kwh?: string;
  @ApiPropertyOptional({ description: 'where time was bought, instead', example: 30 }) days?: number;
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
  @ApiPropertyOptional({ type: UnitsView }) units?: UnitsView;
  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'the lines of the quote',
  })
  breakdown?: object[];
  @ApiPropertyOptional() tariffVersion?: string;
  @ApiPropertyOptional({ type: [TokenView] }) tokens?: TokenView[];
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
    inDoubt: isInDoubt(payment),
    failure: code && reason ? { code, reason } : undefined,
    receiptNumber: payment.receiptNumber ?? undefined,
    createdAt: payment.createdAt.toISOString(),
    endedAt: payment.endedAt?.toISOString(),
    refundedAt: payment.refundedAt?.toISOString(),
  };
}

/** Nobody but its owner learns more of a token than its last four digits. */
export function tokenView({ id, kind, token, kwh, days }: VendToken, whole: boolean): TokenView {
  return { id, kind, token: whole ? token : maskToken(token), kwh, days };
}

export function vendView(vend: VendDetails, whole: boolean): Partial<ReceiptView> {
  const { units, breakdown, tariffVersion, tokens } = vend;
  return { units, breakdown, tariffVersion, tokens: tokens.map((token) => tokenView(token, whole)) };
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
