import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { type Currency, Money, type MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { MayBeAbsent } from '../bills/bill-requests.js';
import { type Meter, METER_STATUSES, type MeterStatus } from './meter.entity.js';
import { METER_KINDS, type MeterKind } from './meter-number.rules.js';

const ONE_LINE = /^(?=.*\S)\P{Cc}+$/u;

export class RegisterMeterBody {
  @ApiProperty({ maxLength: 100, description: 'in full; payers see it masked' })
  @IsString()
  @MaxLength(100)
  @Matches(ONE_LINE, { message: 'holderName must be one line of text' })
  holderName!: string;

  @ApiProperty({ maxLength: 100 })
  @IsString()
  @MaxLength(100)
  @Matches(ONE_LINE, { message: 'area must be one line of text' })
  area!: string;

  @ApiProperty({ example: 'residential' })
  @IsString()
  tariffId!: string;

  @ApiProperty({ required: false, enum: METER_KINDS, default: 'sts' })
  @MayBeAbsent()
  @IsIn(METER_KINDS)
  kind?: MeterKind;

  @ApiProperty({ required: false, enum: METER_STATUSES, default: 'active' })
  @MayBeAbsent()
  @IsIn(METER_STATUSES)
  status?: MeterStatus;

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    required: false,
    description: 'old debt in major units of the tariff’s currency; left as it is without it',
  })
  @MayBeAbsent()
  @IsDefined()
  arrears?: string | number;
}

export class RegisteredMeter {
  @ApiProperty() number!: string;
  @ApiProperty({ enum: METER_KINDS }) kind!: MeterKind;
  @ApiProperty() holderName!: string;
  @ApiProperty() area!: string;
  @ApiProperty() tariffId!: string;
  @ApiProperty({ enum: METER_STATUSES }) status!: MeterStatus;
  @ApiProperty({ type: MoneyView }) arrears!: MoneyJson;
}

export function registeredMeter(meter: Meter, currency: Currency): RegisteredMeter {
  const { number, kind, holderName, area, tariffId, status } = meter;
  const arrears = Money.ofMinor(meter.arrears, currency).toJSON();
  return { number, kind, holderName, area, tariffId, status, arrears };
}
