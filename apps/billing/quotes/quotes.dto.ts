import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsString, Matches } from 'class-validator';
import type { MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { AMOUNT, MayBeAbsent } from '../bills/bill-requests.js';
import {
  BillView,
  BreakdownLine,
  CodedText,
  DifferenceView,
  MeterView,
  UnitsView,
} from '../bills/bill-view.js';

export const METER_NUMBER = /^\d{5,20}$/;
const digits = { message: 'meterNumber must be the digits on the meter' };

export class VerifyBody {
  @ApiProperty({ example: '04123456784' })
  @Matches(METER_NUMBER, digits)
  meterNumber!: string;

  @ApiProperty(AMOUNT)
  @IsDefined()
  amount!: string | number;

  @ApiProperty({ required: false, example: 'NGN' })
  @MayBeAbsent()
  @IsString()
  currency?: string;
}

export class QuoteBody {
  @ApiProperty({ example: '04123456784' })
  @Matches(METER_NUMBER, digits)
  meterNumber!: string;

  @ApiProperty({ ...AMOUNT, required: false })
  @MayBeAbsent()
  @IsDefined()
  amount?: string | number;

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    required: false,
    description: 'instead of an amount: kilowatt-hours in steps of what a token can carry',
    example: '12.5',
  })
  @MayBeAbsent()
  @IsDefined()
  kwh?: string | number;

  @ApiProperty({ required: false, example: 'NGN' })
  @MayBeAbsent()
  @IsString()
  currency?: string;
}

export class OpenPurchase {
  @ApiProperty({ format: 'uuid' }) billId!: string;
  @ApiProperty({ format: 'uuid' }) paymentId!: string;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ type: UnitsView, required: false }) units?: UnitsView;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) links!: { payment: string };
}

export class VerifiedPurchase extends BillView {
  @ApiProperty({ type: [CodedText], description: 'to think about before paying; none of them refuses' })
  warnings!: CodedText[];
  @ApiProperty({ type: OpenPurchase, required: false, description: 'one’s own, to be continued instead' })
  openPurchase?: OpenPurchase;
}

export class QuoteView {
  @ApiProperty({ type: MeterView }) meter!: MeterView;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ example: 'residential@2026-11-01' }) tariffVersion!: string;
  @ApiProperty({ type: UnitsView }) units!: UnitsView;
  @ApiProperty({ type: [BreakdownLine], description: 'adds up to the amount' }) breakdown!: BreakdownLine[];
  @ApiProperty({ type: DifferenceView, required: false }) difference?: DifferenceView;
}
