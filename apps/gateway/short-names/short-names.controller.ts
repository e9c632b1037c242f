import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsDefined, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isId, type MoneyJson, Problem, unwrap } from '#kernel';
import { Refuses, contextOf, Open, User, type UserCaller } from '#service-host';
import { RegisterBody, SignedInAnswer } from '../accounts/accounts.dto.js';
import { signedInAnswer } from '../accounts/auth.controller.js';
import { RegisterUser } from '../accounts/register-user.js';
import { type ForwardedAnswer, Forwarder, passOn, usualHeaders } from '../forwarding/forwarder.js';
import { AccessTokens } from '../sessions/access-tokens.js';
import { ReadSystemStatus, type SystemStatus } from './system-status.js';

class PayBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  toUserId!: string;

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'number' }], example: '250.00' })
  @IsDefined()
  amount!: string | number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(200)
  note?: string;

  @ApiPropertyOptional({ description: 'instead of the header Idempotency-Key' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  requestReference?: string;
}

class BalanceAnswer {
  @ApiProperty({ format: 'uuid' }) userId!: string;
  @ApiProperty({ example: '250.00' }) balance!: string;
  @ApiProperty({ example: '200.00', description: 'what can be spent: without what is held for payments' })
  available!: string;
  @ApiProperty({ example: 'NGN' }) currency!: string;
}

/** The names that integrators of a queue-based payment application know; thin doors to the routes under /api. */
@ApiTags('short names')
@Controller()
export class ShortNamesController {
  constructor(
    private readonly registerUser: RegisterUser,
    private readonly tokens: AccessTokens,
    private readonly forwarder: Forwarder,
    private readonly readStatus: ReadSystemStatus,
  ) {}

  /** As POST /api/auth/register. */
  @Open()
  @Post('create')
  @ApiCreatedResponse({ type: SignedInAnswer })
  @Refuses('phone_taken')
  async create(@Body() body: RegisterBody, @Req() request: FastifyRequest): Promise<SignedInAnswer> {
    const context = contextOf(request.headers);
    return signedInAnswer(unwrap(await this.registerUser.run(body, request.ip, context)), this.tokens);
  }

  /** As POST /api/transfers, to another person's wallet. */
  @Post('pay')
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'or requestReference in the body' })
  @ApiHeader({
    name: 'X-Step-Up',
    required: false,
    description: 'of POST /api/auth/step-up, for a large amount',
  })
  @ApiAcceptedResponse({ description: 'a payment with the purpose transfer' })
  @Refuses(
    'idempotency_key_required',
    'idempotency_key_reused',
    'request_in_progress',
    'not_found',
    'step_up_required',
  )
  async pay(
    @Body() { toUserId, ...transfer }: PayBody,
    @User() caller: UserCaller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const headers = usualHeaders(request.headers);
    if (!headers['idempotency-key'] && !transfer.requestReference)
      throw new Problem('idempotency_key_required');
    const body = JSON.stringify({ ...transfer, toWalletId: toUserId });
    await passOn(
      await this.forwarder.send('payment', { method: 'POST', path: '/api/transfers', headers, body }, caller),
      reply,
    );
  }

  /** One's own balance; an operator sees everybody's. */
  @Get('balance/:userId')
  @ApiOkResponse({ type: BalanceAnswer })
  async balance(
    @Param('userId') userId: string,
    @User() caller: UserCaller,
    @Req() request: FastifyRequest,
  ): Promise<BalanceAnswer> {
    const own = userId === caller.userId;
    if (!isId(userId) || (!own && caller.role !== 'operator')) throw new Problem('not_found');
    // One's own wallet answers zeros before anything has arrived; a stranger's has to be there.
    const path = own ? '/api/wallet' : `/api/wallets/${userId}`;
    const headers = usualHeaders(request.headers);
    const answer = await this.forwarder.send('wallet', { method: 'GET', path, headers }, caller);
    const { balance, available } = walletOf(answer);
    return { userId, balance: balance.amount, available: available.amount, currency: balance.currency };
  }

  /** Which services are up, and what waits in their queues. */
  @Open()
  @Get('status')
  status(): Promise<SystemStatus> {
    return this.readStatus.run();
  }
}

function walletOf({ status, body }: ForwardedAnswer): { balance: MoneyJson; available: MoneyJson } {
  if (status === 404) throw new Problem('not_found');
  if (status !== 200) throw new Problem('unavailable', undefined, undefined, { retryAfterSeconds: 1 });
  return JSON.parse(body.toString('utf8')) as ReturnType<typeof walletOf>;
}
