import { ApiProperty } from '@nestjs/swagger';
import { CURRENCIES, type Currency, type MoneyJson } from '#kernel';

/** Money as the API writes it: major units with all decimals, negative when it left. */
export class MoneyView implements MoneyJson {
  @ApiProperty({ example: '100.00' }) amount!: string;
  @ApiProperty({ enum: CURRENCIES }) currency!: Currency;
}
