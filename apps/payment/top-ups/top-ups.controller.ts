import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsDefined, IsIn, IsOptional, IsString, Length } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Problem, unwrap } from '#kernel';
import { readAmount, Refuses, SETTINGS, User, type UserCaller } from '#service-host';
import type { PaymentSettings } from '../payment-settings.js';
import { AcceptPayment } from '../payments/accept-payment.js';
import { ACCEPTING, answerAccepted } from '../payments/answer-accepted.js';
import { chooseMethod } from '../payments/choose-method.js';
import { AcceptedView } from '../payments/payment-views.js';
import { readRequestKeys } from '../requests/request-keys.js';

/** Money into a wallet comes from outside, never from a wallet. */
const TOP_UP_METHODS = ['sandbox'] as const;

class AddFundsBody {
  @ApiProperty({ oneOf: [{ type: 'string', example: '500.00' }, { type: 'number' }] })
  @IsDefined()
  amount!: string | number;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  currency?: string;

  @ApiProperty({ enum: TOP_UP_METHODS, required: false })
  @IsOptional()
  @IsIn(TOP_UP_METHODS)
  method?: (typeof TOP_UP_METHODS)[number];

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  requestReference?: string;
}

@ApiTags('wallet')
@Controller('api/wallets')
export class TopUpsController {
  constructor(
    private readonly acceptPayment: AcceptPayment,
    @Inject(SETTINGS) private readonly settings: PaymentSettings,
  ) {}

  /** Adds money to the caller's own wallet. */
  @Post(':walletId/add-funds')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: AcceptedView })
  @Refuses(...ACCEPTING, 'idempotency_key_required')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async addFunds(
    @User() caller: UserCaller,
    @Param('walletId') walletId: string,
    @Body() body: AddFundsBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedView> {
    if (walletId !== caller.userId) throw new Problem('not_found'); // a wallet's id is its owner's
    const keys = unwrap(readRequestKeys(caller, 'add-funds', key, body.requestReference));
    const amount = unwrap(readAmount(body.amount, body.currency, this.settings.CURRENCY));
    const method = unwrap(chooseMethod(body.method, 'sandbox', this.settings.WATTLINE_MODE));
    const order = { purpose: 'top_up', method, amount, title: 'Wallet top-up' } as const;
    return answerAccepted(unwrap(await this.acceptPayment.direct(caller, order, keys)), reply);
  }
}
