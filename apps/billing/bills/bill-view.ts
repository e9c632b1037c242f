import { ApiProperty } from '@nestjs/swagger';
import type { BillCreated, PayloadOf, Quantity } from '#contracts';
import type { MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { LINE_KINDS, type LineKind } from '../tariffs/price.rules.js';
import type { Bill, BillKind, Difference, QuoteLine } from './bill.entity.js';
import { BILL_STATUSES, type BillStatus } from './bill.machine.js';
import { amountOf, isOverdue } from './bill.rules.js';

export class MeterView {
  @ApiProperty({ example: '04123456784' }) number!: string;
  @ApiProperty({ description: 'masked', example: 'A••• B•••' }) name!: string;
  @ApiProperty() area!: string;
  @ApiProperty({ description: 'name of the tariff' }) tariff!: string;
}
export class UnitsView implements Quantity {
  @ApiProperty({ required: false, example: '12.3' }) kwh?: string;
  @ApiProperty({ required: false, description: 'where time is sold, instead', example: 30 }) days?: number;
}
export class BreakdownLine implements QuoteLine {
  @ApiProperty({ enum: LINE_KINDS }) kind!: LineKind;
  @ApiProperty() label!: string;
  @ApiProperty({ type: MoneyView, description: 'negative where rounding gives more than was paid for' })
  amount!: MoneyJson;
  @ApiProperty({ required: false, description: 'of an energy line' }) kwh?: string;
  @ApiProperty({ required: false, description: 'of a line of time' }) days?: number;
  @ApiProperty({ required: false, description: 'major units for a kilowatt-hour or a day', example: '796.4' })
  unitPrice?: string;
  @ApiProperty({ type: MoneyView, required: false, description: 'of a debt, after this purchase' })
  remaining?: MoneyJson;
}
class PreviousPurchase {
  @ApiProperty({ format: 'uuid' }) billId!: string;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ type: UnitsView }) units!: UnitsView;
}
export class CodedText {
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'for people' }) text!: string;
}
export class DifferenceView implements Difference {
  @ApiProperty({ type: PreviousPurchase }) previous!: PreviousPurchase;
  @ApiProperty({ description: 'the reasons in one text' }) text!: string;
  @ApiProperty({ type: [CodedText] }) reasons!: CodedText[];
}

export class BillView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'what people call it', example: 'B-7K3Q9ZPX4M2D' }) number!: string;
  @ApiProperty({ enum: BILL_STATUSES }) status!: BillStatus;
  @ApiProperty({ description: 'unpaid, and its due date is over' }) overdue!: boolean;
  @ApiProperty({ enum: ['bill', 'electricity', 'vouchers'] }) kind!: BillKind;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ format: 'date' }) dueDate!: string;
  @ApiProperty({ format: 'uuid' }) customerId!: string;
  @ApiProperty({ description: 'the customer made it and may change or cancel it' }) selfIssued!: boolean;
  @ApiProperty({ required: false }) description?: string;
  @ApiProperty({ required: false }) meterNumber?: string;
  @ApiProperty({ format: 'uuid', required: false, description: 'the payment that paid it, or is under way' })
  paymentId?: string;
  @ApiProperty({ format: 'date-time', required: false }) paidAt?: string;
  @ApiProperty({ type: MeterView, required: false }) meter?: MeterView;
  @ApiProperty({ type: UnitsView, required: false }) units?: UnitsView;
  @ApiProperty({
    required: false,
    description: 'the prices that were used',
    example: 'residential@2026-11-01',
  })
  tariffVersion?: string;
  @ApiProperty({ type: [BreakdownLine], required: false, description: 'adds up to the amount' })
  breakdown?: BreakdownLine[];
  @ApiProperty({
    type: DifferenceView,
    required: false,
    description: 'why this money buys less than the last time',
  })
  difference?: DifferenceView;
  @ApiProperty({ format: 'date-time', required: false, description: 'cannot be paid any more from then on' })
  expiresAt?: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class BillPage {
  @ApiProperty({ type: [BillView] }) items!: BillView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** The bill as callers see it. `today` is the day in the deployment's time zone. */
export function viewOf(bill: Bill, today: string): BillView {
  const paymentId = bill.paymentId ?? bill.claimedBy;
  return {
    id: bill.id,
    number: bill.number,
    status: bill.status,
    overdue: isOverdue(bill, today),
    kind: bill.kind,
    amount: amountOf(bill).toJSON(),
    dueDate: bill.dueDate,
    customerId: bill.customerId,
    selfIssued: bill.issuedBy === bill.customerId,
    ...(bill.description !== null && { description: bill.description }),
    ...(bill.meterNumber !== null && { meterNumber: bill.meterNumber }),
    ...(paymentId !== null && { paymentId }),
    ...(bill.paidAt && { paidAt: bill.paidAt.toISOString() }),
    ...bill.quote,
    ...(bill.expiresAt && { expiresAt: bill.expiresAt.toISOString() }),
    createdAt: bill.createdAt.toISOString(),
  };
}

/** What every event about a bill says of it. */
export function factsOf(bill: Bill): PayloadOf<typeof BillCreated> {
  return {
    billId: bill.id,
    number: bill.number,
    kind: bill.kind,
    customerId: bill.customerId,
    amount: amountOf(bill).toJSON(),
    dueDate: bill.dueDate,
    ...(bill.meterNumber !== null && { meterNumber: bill.meterNumber }),
    ...(bill.description !== null && { description: bill.description }),
  };
}
