import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, IsUUID, Length } from 'class-validator';
import type { RefundablePayment, RefundPayment as RefundOrder } from '#contracts';
import { unwrap } from '#kernel';
import { CallingService, type ServiceCaller, ServicesOnly } from '#service-host';
import { RefundPayment } from './refund-payment.js';

class RefundBody implements RefundOrder {
  @IsUUID() decisionId!: string;
  @IsString() @Length(1, 300) reason!: string;
}

/** For the gateway, where operators decide. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/payments')
export class RefundsController {
  constructor(private readonly refundPayment: RefundPayment) {}

  @Get(':id/refundable')
  async refundable(@Param('id') id: string): Promise<RefundablePayment> {
    return { amount: unwrap(await this.refundPayment.look(id)).toJSON() };
  }

  @Post(':id/refund')
  @HttpCode(204)
  async refund(
    @Param('id') id: string,
    @Body() body: RefundBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<void> {
    unwrap(await this.refundPayment.run(id, body, caller));
  }
}
