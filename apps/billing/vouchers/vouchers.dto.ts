import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { type RedemptionInDoubt, TOKEN_KINDS, type TokenKind, type VendToken } from '#contracts';
import type { MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { AMOUNT, MayBeAbsent } from '../bills/bill-requests.js';
import { BreakdownLine, UnitsView } from '../bills/bill-view.js';
import type { Funding } from './voucher.entity.js';
import { BATCH_STATES, type BatchState, VOUCHER_STATES, type VoucherState } from './voucher.machine.js';

const MOST = 500;
const ONE_LINE = /^(?=.*\S)\P{Cc}+$/u;
const METER_NUMBER = /^\d{5,20}$/;

export class CreateBatchBody {
  @ApiProperty({ minimum: 1, maximum: MOST })
  @IsInt()
  @Min(1)
  @Max(MOST)
  count!: number;

  @ApiProperty({ ...AMOUNT, required: false, description: 'of each voucher, in major units; or `kwh`' })
  @MayBeAbsent()
  @IsDefined()
  amount?: string | number;

  @ApiProperty({
    required: false,
    oneOf: [{ type: 'string' }, { type: 'number' }],
    description: 'energy of each voucher, at most 1000, in steps of 0.1; by operators alone',
    example: '5',
  })
  @MayBeAbsent()
  @IsDefined()
  kwh?: string | number;

  @ApiProperty({ required: false, example: 'NGN' })
  @MayBeAbsent()
  @IsString()
  currency?: string;

  @ApiProperty({ format: 'date', description: 'the last day; at most five years from now' })
  @IsString()
  expiresOn!: string;

  @ApiProperty({ minLength: 3, maxLength: 200, description: 'what they are for' })
  @Length(3, 200)
  @Matches(ONE_LINE, { message: 'reason must be one line of text' })
  reason!: string;

  @ApiProperty({ required: false, description: 'for meters of this utility alone' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  utility?: string;
}

export class MakeCodesBody {
  @ApiProperty({
    required: false,
    description:
      'new codes for what is unused, when there are codes already; those are good for nothing then',
  })
  @MayBeAbsent()
  @IsBoolean()
  replace?: boolean;
}

export class VoidVouchersBody {
  @ApiProperty({ minLength: 3, maxLength: 200 })
  @Length(3, 200)
  @Matches(ONE_LINE, { message: 'reason must be one line of text' })
  reason!: string;

  @ApiProperty({
    required: false,
    type: [Number],
    description: 'their numbers on the sheet; all unused ones',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(MOST, { each: true })
  serials?: number[];
}

export class RedeemBody {
  @ApiProperty({ example: '1234 5678 9012 3456 78', description: 'spaces and hyphens do not count' })
  @IsString()
  @Length(1, 40)
  code!: string;

  @ApiProperty({ example: '04123456784' })
  @Matches(METER_NUMBER, { message: 'meterNumber must be the digits on the meter' })
  meterNumber!: string;
}

class CountsView implements Record<VoucherState, number> {
  @ApiProperty() unused!: number;
  @ApiProperty() redeeming!: number;
  @ApiProperty() redeemed!: number;
  @ApiProperty() expired!: number;
  @ApiProperty() void!: number;
}

class BatchLinks {
  @ApiProperty() self!: string;
  @ApiProperty({ required: false, description: 'the bill to pay' }) bill?: string;
}

export class BatchView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'what people call it', example: 'V-7K3Q9ZPX4M2D' }) number!: string;
  @ApiProperty({ format: 'uuid' }) ownerId!: string;
  @ApiProperty({ enum: BATCH_STATES, description: 'waiting: for its payment, or for a second operator' })
  state!: BatchState;
  @ApiProperty({ enum: ['grant', 'payment'] }) funding!: Funding;
  @ApiProperty() count!: number;
  @ApiProperty({ type: MoneyView, required: false, description: 'of each voucher' }) amount?: MoneyJson;
  @ApiProperty({ type: MoneyView, required: false }) total?: MoneyJson;
  @ApiProperty({ required: false, description: 'of each voucher' }) kwh?: string;
  @ApiProperty({ format: 'date' }) expiresOn!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ required: false }) utility?: string;
  @ApiProperty({ format: 'uuid', required: false, description: 'the second operator' }) approvedBy?: string;
  @ApiProperty({ type: CountsView }) counts!: CountsView;
  @ApiProperty({
    format: 'date-time',
    required: false,
    description: 'when the codes that are good were made',
  })
  codesMadeAt?: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: BatchLinks }) links!: BatchLinks;
}

export class BatchPage {
  @ApiProperty({ type: [BatchView] }) items!: BatchView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

class VoucherView {
  @ApiProperty({ description: 'its number on the sheet' }) serial!: number;
  @ApiProperty({ enum: VOUCHER_STATES }) state!: VoucherState;
  @ApiProperty({ format: 'date-time', required: false }) endedAt?: string;
  @ApiProperty({ required: false, description: 'why it is void' }) reason?: string;
}

export class BatchDetails extends BatchView {
  @ApiProperty({ type: [VoucherView] }) vouchers!: VoucherView[];
}

class CodeView {
  @ApiProperty({ description: 'its number on the sheet' }) serial!: number;
  @ApiProperty({ example: '123456789012345678' }) code!: string;
}

export class BatchWithCodes extends BatchView {
  @ApiProperty({ type: [CodeView], required: false, description: 'shown this once' }) codes?: CodeView[];
  @ApiProperty({ required: false, format: 'byte', description: 'a PDF to print, in base64; shown this once' })
  sheet?: string;
}

class RedemptionToken implements VendToken {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: TOKEN_KINDS }) kind!: TokenKind;
  @ApiProperty({ example: '34809276733624414743' }) token!: string;
  @ApiProperty({ required: false }) kwh?: string;
  @ApiProperty({ required: false, description: 'on a device that is paid by time' }) days?: number;
}

class RedemptionLinks {
  @ApiProperty() self!: string;
}

export const REDEMPTION_VIEWS = ['redeeming', 'redeemed', 'refused'] as const;

export class RedemptionView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: REDEMPTION_VIEWS, description: 'refused: the voucher can be used again' })
  state!: (typeof REDEMPTION_VIEWS)[number];
  @ApiProperty({ description: 'the outcome is not known; it is asked for, or a person settles it' })
  inDoubt!: boolean;
  @ApiProperty() meterNumber!: string;
  @ApiProperty({ type: MoneyView, description: 'zero for a voucher of energy' }) amount!: MoneyJson;
  @ApiProperty({ type: UnitsView }) units!: UnitsView;
  @ApiProperty({ type: [BreakdownLine], description: 'of a voucher of money: what it paid for' })
  breakdown!: BreakdownLine[];
  @ApiProperty({ type: [RedemptionToken], description: 'in the order in which they are keyed in' })
  tokens!: RedemptionToken[];
  @ApiProperty({ required: false, description: 'why it was refused' }) reason?: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ type: RedemptionLinks }) links!: RedemptionLinks;
}

export class RedemptionPage {
  @ApiProperty({ type: [RedemptionView] }) items!: RedemptionView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class RedemptionInDoubtView implements RedemptionInDoubt {
  @ApiProperty({ format: 'uuid', description: 'settled and asked about as a payment with this id' })
  id!: string;
  @ApiProperty() meterNumber!: string;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ type: UnitsView }) units!: UnitsView;
  @ApiProperty({ format: 'date-time' }) unknownSince!: string;
  @ApiProperty({ description: 'who sees to it' }) owner!: string;
  @ApiProperty({ format: 'date-time' }) deadline!: string;
  @ApiProperty({ description: 'the deadline is over' }) overdue!: boolean;
}

export class RedemptionsInDoubt {
  @ApiProperty({ type: [RedemptionInDoubtView] }) items!: RedemptionInDoubtView[];
}
