import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsObject, IsTimeZone, Matches, MaxLength } from 'class-validator';
import { CURRENCIES, type Currency } from '#kernel';
import { TERMS_SCHEMA, type WrittenTerms } from './written-terms.js';

const ONE_LINE = /^(?=.*\S)\P{Cc}+$/u;
const oneLine = { message: '$property must be one line of text' };

export class DefineTariffBody {
  @ApiProperty({ example: 'Residential', maxLength: 60 })
  @MaxLength(60)
  @Matches(ONE_LINE, oneLine)
  name!: string;

  @ApiProperty({ example: 'Ikeja Electric', maxLength: 60 })
  @MaxLength(60)
  @Matches(ONE_LINE, oneLine)
  utility!: string;

  @ApiProperty({ example: 'residential', maxLength: 60 })
  @MaxLength(60)
  @Matches(ONE_LINE, oneLine)
  customerClass!: string;

  @ApiProperty({ enum: CURRENCIES, description: 'for good: prices and debts are in it' })
  @IsIn(CURRENCIES)
  currency!: Currency;

  @ApiProperty({ example: 'Africa/Lagos', description: 'in which days and months begin; for good' })
  @IsTimeZone()
  timeZone!: string;
}

export class PriceTariffBody {
  @ApiProperty({ ...(TERMS_SCHEMA as object), type: 'object' } as never)
  @IsObject()
  terms!: WrittenTerms;
}

export class TariffVersionView {
  @ApiProperty({ example: 'residential@2026-11-01' }) id!: string;
  @ApiProperty({ format: 'date', description: 'the first day of these prices' }) validFrom!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) terms!: WrittenTerms;
}

export class TariffView extends DefineTariffBody {
  @ApiProperty() id!: string;
  @ApiProperty({ type: [TariffVersionView], description: 'newest first' }) versions!: TariffVersionView[];
}
