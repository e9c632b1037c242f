import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  Matches,
  ValidateNested,
} from 'class-validator';
import type { MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { MayBeAbsent } from '../bills/bill-requests.js';
import type { Basis } from './forecast.rules.js';

/** So many fit into a body. */
const READINGS_MAX = 500;
const MOMENT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-][01]\d:[0-5]\d)$/;
const moment = { message: 'at must be a time with its zone, as 2026-11-28T06:00:00Z' };
const KWH = { oneOf: [{ type: 'string' }, { type: 'number' }], required: false, example: '12.345' };
const TOTAL = { ...KWH, description: 'the register: all kilowatt-hours that ever went through the meter' };
const CREDIT = { ...KWH, description: 'kilowatt-hours that are left, as the display shows them' };
const AT = { format: 'date-time', example: '2026-11-28T06:00:00Z' };

export class ReadingBody {
  @ApiProperty(AT)
  @Matches(MOMENT, moment)
  at!: string;

  @ApiProperty(TOTAL)
  @MayBeAbsent()
  @IsDefined()
  totalKwh?: string | number;

  @ApiProperty(CREDIT)
  @MayBeAbsent()
  @IsDefined()
  creditKwh?: string | number;
}

export class ReadingsBody {
  @ApiProperty({ ...AT, required: false, description: 'of one reading; now, when it is left out' })
  @MayBeAbsent()
  @Matches(MOMENT, moment)
  at?: string;

  @ApiProperty(TOTAL)
  @MayBeAbsent()
  @IsDefined()
  totalKwh?: string | number;

  @ApiProperty(CREDIT)
  @MayBeAbsent()
  @IsDefined()
  creditKwh?: string | number;

  @ApiProperty({
    type: [ReadingBody],
    required: false,
    maxItems: READINGS_MAX,
    description: 'instead of one: a batch',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(READINGS_MAX)
  @ValidateNested({ each: true })
  @Type(() => ReadingBody)
  readings?: ReadingBody[];
}

export class StoredReadings {
  @ApiProperty({ description: 'new ones' }) stored!: number;
  @ApiProperty({ description: 'that were known already' }) known!: number;
}

export class ForecastView {
  @ApiProperty({ enum: ['readings', 'purchases'], description: 'what it was made from' }) basis!: Basis;
  @ApiProperty({ description: 'kilowatt-hours of a usual day' }) dailyKwh!: string;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'whole days; null when nothing is used, or the balance is unknown',
  })
  daysLeft!: number | null;
}

export class BalanceView {
  @ApiProperty({ format: 'uuid' }) meterId!: string;
  @ApiProperty({ type: String, nullable: true, example: '12.345', description: 'null: not known' })
  kwh!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' }) asOf!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['reading', 'estimated', null],
    description: 'the meter said so, or what was bought less what was used',
  })
  source!: 'reading' | 'estimated' | null;
  @ApiProperty({ type: ForecastView, nullable: true, description: 'null when too little is known' })
  forecast!: ForecastView | null;
}

export const GRANULARITIES = ['day', 'month'] as const;
export type Granularity = (typeof GRANULARITIES)[number];
const DAY_OR_MONTH = /^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/;
const day = { message: '$property must be a day, as 2026-11-28, or a month' };

export class ConsumptionQuery {
  @ApiProperty({ enum: GRANULARITIES, required: false, default: 'day' })
  @IsOptional()
  @IsIn(GRANULARITIES)
  granularity: Granularity = 'day';

  @ApiProperty({
    required: false,
    example: '2026-11-01',
    description: 'the first day or month; 30 days or 12 months back',
  })
  @IsOptional()
  @Matches(DAY_OR_MONTH, day)
  from?: string;

  @ApiProperty({
    required: false,
    example: '2026-11-28',
    description: 'the last day or month; the present one',
  })
  @IsOptional()
  @Matches(DAY_OR_MONTH, day)
  to?: string;
}

export class PurchasesView {
  @ApiProperty() count!: number;
  @ApiProperty({ example: '25.5' }) kwh!: string;
  @ApiProperty({ type: MoneyView, description: 'what was paid' }) amount!: MoneyJson;
}

export class PeriodView {
  @ApiProperty({ example: '2026-11-28', description: 'a day or a month of the utility' }) period!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '5.123',
    description: 'used; null when no reading says',
  })
  kwh!: string | null;
  @ApiProperty({ description: 'readings cover all of it' }) complete!: boolean;
  @ApiProperty({ type: PurchasesView, description: 'the caller’s own' }) purchases!: PurchasesView;
}

export class ConsumptionView {
  @ApiProperty({ format: 'uuid' }) meterId!: string;
  @ApiProperty({ enum: GRANULARITIES }) granularity!: Granularity;
  @ApiProperty({ example: 'Africa/Lagos', description: 'in which days and months begin' }) timeZone!: string;
  @ApiProperty({
    enum: ['meter', 'own', 'none'],
    description: 'whose readings these are: the meter’s, or one’s own',
  })
  readings!: 'meter' | 'own' | 'none';
  @ApiProperty({ type: [PeriodView] }) items!: PeriodView[];
  @ApiProperty({ type: PeriodView, description: 'of all items; they add up to it exactly' })
  total!: PeriodView;
}
