import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsDefined, IsInt, IsLowercase, IsUUID, Min } from 'class-validator';
import type { ClaimBill as ClaimBillRequest, ClaimedBill } from '#contracts';
import { unwrap } from '#kernel';
import { CallingService, type ServiceCaller, ServicesOnly } from '#service-host';
import { MayBeAbsent } from './bill-requests.js';
import { ClaimBill } from './claim-bill.js';

class ClaimBillBody implements ClaimBillRequest {
  @IsUUID()
  @IsLowercase()
  paymentId!: string;

  @MayBeAbsent()
  @IsDefined()
  amount?: string | number;

  @IsUUID()
  @IsLowercase()
  payerId!: string;

  @MayBeAbsent()
  @IsUUID(undefined, { each: true })
  insteadOf?: string[];

  @MayBeAbsent()
  @IsInt()
  @Min(0)
  atMost?: number;
}

@ApiExcludeController()
@ServicesOnly()
@Controller('internal/bills')
export class ClaimsController {
  constructor(private readonly claimBill: ClaimBill) {}

  /** Reserves a bill for one payment. */
  @Put(':id/claim')
  async claim(
    @CallingService() caller: ServiceCaller,
    @Param('id') id: string,
    @Body() body: ClaimBillBody,
  ): Promise<ClaimedBill> {
    return unwrap(await this.claimBill.run(caller, id, body));
  }
}
