import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiHeader, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { METHODS, type Method } from '#contracts';
import { isId, Problem, unwrap } from '#kernel';
import { readAmount, Refuses, SETTINGS, User, type UserCaller } from '#service-host';
import type { PaymentSettings } from '../payment-settings.js';
import { ownKey, readRequestKeys } from '../requests/request-keys.js';
import { AcceptPayment } from './accept-payment.js';
import { ACCEPTING, answerAccepted, CLAIMING, TakesProof } from './answer-accepted.js';
import { chooseMethod } from './choose-method.js';
import { AcceptedView } from './payment-views.js';

class VendBody {
  @ApiProperty({ required: false, oneOf: [{ type: 'string', example: '1000.00' }, { type: 'number' }] })
  @IsOptional()
  amount?: string | number;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  currency?: string;

  @ApiProperty({ enum: METHODS, required: false })
  @IsOptional()
  @IsIn(METHODS)
  method?: Method;
}

@ApiTags('payments')
@Controller('api/vend')
export class VendController {
  constructor(
    private readonly acceptPayment: AcceptPayment,
    @Inject(SETTINGS) private readonly settings: PaymentSettings,
  ) {}

  /** Pays this bill, and no other. A key is optional here: a bill can be paid once anyway. */
  @Post(':billId/pay')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: AcceptedView })
  @Refuses(...ACCEPTING, ...CLAIMING)
  @ApiBody({ type: VendBody, required: false })
  @TakesProof()
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async pay(
    @User() caller: UserCaller,
    @Param('billId') billId: string,
    // As a class alone: with `| undefined` there would be no class to validate by. Without a body it is empty.
    @Body() body: VendBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedView> {
    if (!isId(billId)) throw new Problem('not_found');
    const keys = key === undefined ? ownKey(caller) : unwrap(readRequestKeys(caller, 'vend', key, undefined));
    const given = body.amount;
    const amount =
      given === undefined
        ? undefined
        : unwrap(readAmount(given, body.currency, this.settings.CURRENCY)).amount;
    const method = unwrap(chooseMethod(body.method, 'wallet', this.settings.WATTLINE_MODE));
    return answerAccepted(
      unwrap(await this.acceptPayment.bill(caller, { billId, amount, method }, keys)),
      reply,
    );
  }
}
