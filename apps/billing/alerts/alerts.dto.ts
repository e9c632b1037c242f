import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { MoneyView } from '#service-host';
import type { MoneyJson } from '#kernel';
import { MayBeAbsent } from '../bills/bill-requests.js';
import { ALERT_STATES, type AlertState } from './alert.machine.js';
import { type Alert, ALERTS } from './alert.rules.js';
import { TIME_OF_DAY } from './quiet-hours.rules.js';

const NUMBER = { oneOf: [{ type: 'string' }, { type: 'number' }], required: false };
const time = { message: '$property must be a time of the day, as 22:00' };

/** All of it is replaced: what is left out is switched off, but for the channels, which are on. */
export class AlertsBody {
  @ApiProperty({
    ...NUMBER,
    example: '5',
    description: 'kilowatt-hours; told when no more than these are left',
  })
  @MayBeAbsent()
  @IsDefined()
  lowBalanceKwh?: string | number;

  @ApiProperty({
    required: false,
    minimum: 1,
    maximum: 60,
    description: 'told when no more days than these are left',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(60)
  daysLeft?: number;

  @ApiProperty({ ...NUMBER, example: '12', description: 'kilowatt-hours; told of a day with more' })
  @MayBeAbsent()
  @IsDefined()
  dailyKwh?: string | number;

  @ApiProperty({
    ...NUMBER,
    example: '15000.00',
    description: 'major units; told when a month has cost more',
  })
  @MayBeAbsent()
  @IsDefined()
  monthlyBudget?: string | number;

  @ApiProperty({ required: false, example: '22:00', description: 'from then on nothing is sent' })
  @MayBeAbsent()
  @Matches(TIME_OF_DAY, time)
  quietFrom?: string;

  @ApiProperty({ required: false, example: '07:00', description: 'what is still true by then is sent' })
  @MayBeAbsent()
  @Matches(TIME_OF_DAY, time)
  quietTo?: string;

  @ApiProperty({ required: false, example: 'Africa/Lagos', description: 'of the quiet hours; the utility’s' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(60)
  timeZone?: string;

  @ApiProperty({ required: false, default: true })
  @MayBeAbsent()
  @IsBoolean()
  sms?: boolean;

  @ApiProperty({ required: false, default: true })
  @MayBeAbsent()
  @IsBoolean()
  app?: boolean;
}

export class AlertView {
  @ApiProperty({ enum: ALERTS }) alert!: Alert;
  @ApiProperty({ enum: ALERT_STATES }) state!: AlertState;
  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'when it was last told' })
  raisedAt!: string | null;
}

export class AlertsView {
  @ApiProperty({ format: 'uuid' }) meterId!: string;
  @ApiProperty({ type: String, nullable: true }) lowBalanceKwh!: string | null;
  @ApiProperty({ type: Number, nullable: true }) daysLeft!: number | null;
  @ApiProperty({ type: String, nullable: true }) dailyKwh!: string | null;
  @ApiProperty({ type: MoneyView, nullable: true }) monthlyBudget!: MoneyJson | null;
  @ApiProperty({ type: String, nullable: true }) quietFrom!: string | null;
  @ApiProperty({ type: String, nullable: true }) quietTo!: string | null;
  @ApiProperty() timeZone!: string;
  @ApiProperty() sms!: boolean;
  @ApiProperty() app!: boolean;
  @ApiProperty({ type: [AlertView], description: 'of those that are switched on' }) alerts!: AlertView[];
}
