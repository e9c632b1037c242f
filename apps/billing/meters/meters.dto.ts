import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsLowercase, IsUUID, Matches, MaxLength } from 'class-validator';
import { maskName, type MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { MayBeAbsent } from '../bills/bill-requests.js';
import { CodedText } from '../bills/bill-view.js';
import type { Meter } from './meter.entity.js';
import { SAVED_METER_STATUSES, type SavedMeter, type SavedMeterStatus } from './saved-meter.entity.js';

const METER_NUMBER = /^\d{5,20}$/;
const NAME = /^(?=.*\S)\P{Cc}+$/u;
const NAMED = { example: 'Home', maxLength: 60, required: false };
const oneLine = { message: 'name must be one line of text' };

export class ChangeSavedMeterBody {
  @ApiProperty(NAMED)
  @MayBeAbsent()
  @MaxLength(60)
  @Matches(NAME, oneLine)
  name?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  @IsLowercase()
  buildingId?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  @IsLowercase()
  departmentId?: string;

  @ApiProperty({ required: false, enum: SAVED_METER_STATUSES })
  @MayBeAbsent()
  @IsIn(SAVED_METER_STATUSES)
  status?: SavedMeterStatus;
}

export class SaveMeterBody {
  @ApiProperty({ example: '04123456784' })
  @Matches(METER_NUMBER, { message: 'number must be the digits on the meter' })
  number!: string;

  @ApiProperty(NAMED)
  @MayBeAbsent()
  @MaxLength(60)
  @Matches(NAME, oneLine)
  name?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  @IsLowercase()
  buildingId?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  @IsLowercase()
  departmentId?: string;
}

export class LookupQuery {
  @ApiProperty({ example: '04123456784' })
  @Matches(METER_NUMBER, { message: 'number must be the digits on the meter' })
  number!: string;
}

export class SavedMeterView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: '04123456784' }) number!: string;
  @ApiProperty({ required: false }) name?: string;
  @ApiProperty({ format: 'uuid', required: false }) buildingId?: string;
  @ApiProperty({ format: 'uuid', required: false }) departmentId?: string;
  @ApiProperty({ enum: SAVED_METER_STATUSES }) status!: SavedMeterStatus;
  @ApiProperty({ description: 'whose meter it is, masked', example: 'A••• B•••' }) holder!: string;
  @ApiProperty() area!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class SavedMeterPage {
  @ApiProperty({ type: [SavedMeterView] }) items!: SavedMeterView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class MeterLookup {
  @ApiProperty({ example: '04123456784' }) number!: string;
  @ApiProperty({ description: 'masked', example: 'A••• B•••' }) name!: string;
  @ApiProperty() area!: string;
  @ApiProperty({ description: 'name of the tariff' }) tariff!: string;
  @ApiProperty({ type: MoneyView, description: 'the least that can be paid now' }) minimum!: MoneyJson;
  @ApiProperty({ type: MoneyView }) maximum!: MoneyJson;
  @ApiProperty({ type: MoneyView, description: 'old debt, of which purchases pay a share' })
  arrears!: MoneyJson;
  @ApiProperty({ type: [CodedText] }) warnings!: CodedText[];
}

export function savedMeterView(saved: SavedMeter, meter: Pick<Meter, 'holderName' | 'area'>): SavedMeterView {
  return {
    id: saved.id,
    number: saved.number,
    ...(saved.name !== null && { name: saved.name }),
    ...(saved.buildingId !== null && { buildingId: saved.buildingId }),
    ...(saved.departmentId !== null && { departmentId: saved.departmentId }),
    status: saved.status,
    holder: maskName(meter.holderName),
    area: meter.area,
    createdAt: saved.createdAt.toISOString(),
  };
}
