import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsDefined, IsString, Matches } from 'class-validator';
import { unwrap } from '#kernel';
import { Refuses, User, type UserCaller } from '#service-host';
import { AMOUNT, MayBeAbsent } from '../bills/bill-requests.js';
import { BillView } from '../bills/bill-view.js';
import { VerifyPurchase } from './verify-purchase.js';

export class VerifyBody {
  @ApiProperty({ example: '04123456784' })
  @Matches(/^\d{5,20}$/, { message: 'meterNumber must be the digits on the meter' })
  meterNumber!: string;

  @ApiProperty(AMOUNT)
  @IsDefined()
  amount!: string | number;

  @ApiProperty({ required: false, example: 'NGN' })
  @MayBeAbsent()
  @IsString()
  currency?: string;
}

@ApiTags('electricity')
@Controller('api/electricity')
export class ElectricityController {
  constructor(private readonly verifyPurchase: VerifyPurchase) {}

  /** Shows whose meter it is and what the amount buys, line by line, as a bill to be paid within 30 minutes. */
  @Post('verify')
  @ApiCreatedResponse({ type: BillView })
  @Refuses('meter_unknown')
  async verify(@User() caller: UserCaller, @Body() body: VerifyBody): Promise<BillView> {
    return unwrap(await this.verifyPurchase.run(caller, body));
  }
}
