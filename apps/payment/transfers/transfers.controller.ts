import { Body, Controller, Headers, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsDefined, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { FindUser, FoundUser } from '#contracts';
import { Problem, unwrap } from '#kernel';
import {
  GatheredCalls,
  InternalClient,
  readAmount,
  Refuses,
  SETTINGS,
  User,
  type UserCaller,
} from '#service-host';
import type { PaymentSettings } from '../payment-settings.js';
import { AcceptPayment } from '../payments/accept-payment.js';
import { ACCEPTING, answerAccepted, TakesProof } from '../payments/answer-accepted.js';
import { AcceptedView } from '../payments/payment-views.js';
import { readRequestKeys } from '../requests/request-keys.js';

class TransferBody {
  @ApiProperty({ required: false, example: '+2348010000001' })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  toPhone?: string;

  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID()
  toWalletId?: string;

  @ApiProperty({ oneOf: [{ type: 'string', example: '25.00' }, { type: 'number' }] })
  @IsDefined()
  amount!: string | number;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  currency?: string;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @MaxLength(140)
  note?: string;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  requestReference?: string;
}

@ApiTags('wallet')
@Controller('api/transfers')
export class TransfersController {
  private readonly people: GatheredCalls<FindUser, FoundUser>;

  constructor(
    private readonly acceptPayment: AcceptPayment,
    client: InternalClient,
    @Inject(SETTINGS) private readonly settings: PaymentSettings,
  ) {
    this.people = new GatheredCalls(client, 'gateway', '/internal/users/find');
  }

  /** Sends money from the caller's wallet to another person's. */
  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({ type: AcceptedView })
  @Refuses(...ACCEPTING, 'idempotency_key_required', 'not_found', 'step_up_required')
  @TakesProof()
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async transfer(
    @User() caller: UserCaller,
    @Body() body: TransferBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedView> {
    const keys = unwrap(readRequestKeys(caller, 'transfers', key, body.requestReference));
    const amount = unwrap(readAmount(body.amount, body.currency, this.settings.CURRENCY));
    const payee = await this.findPayee(caller, body);
    const order = {
      purpose: 'transfer',
      method: 'wallet',
      amount,
      payeeId: payee.userId,
      title: `Transfer to ${payee.maskedName}`,
      note: body.note,
    } as const;
    return answerAccepted(unwrap(await this.acceptPayment.direct(caller, order, keys)), reply);
  }

  private async findPayee(caller: UserCaller, { toPhone, toWalletId }: TransferBody): Promise<FoundUser> {
    if ((toPhone === undefined) === (toWalletId === undefined))
      throw wrongPayee('name toPhone or toWalletId, one of them');
    const wanted: FindUser = toPhone === undefined ? { userId: toWalletId } : { phone: toPhone };
    const payee = unwrap(await this.people.ask(caller, wanted));
    if (payee.userId === caller.userId) throw wrongPayee('this is your own wallet');
    return payee;
  }
}

function wrongPayee(detail: string): Problem {
  return new Problem('validation_failed', detail, [{ detail, pointer: '#/toWalletId' }]);
}
