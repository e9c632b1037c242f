import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Money, ok, Problem, refuse, type Result, unwrap } from '#kernel';
import { readAmount, Refuses, Roles, SETTINGS, User, type UserCaller } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { DecideAction } from './decide-action.js';
import { FindActions } from './find-actions.js';
import {
  AdjustBody,
  MoneyActionPage,
  MoneyActionsQuery,
  MoneyActionView,
  moneyActionView,
  ReasonBody,
  ResolveBody,
} from './money-actions.dto.js';
import { RequestAction, type Requested } from './request-action.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops')
export class MoneyActionsController {
  constructor(
    private readonly requestAction: RequestAction,
    private readonly decideAction: DecideAction,
    private readonly findActions: FindActions,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Gives a paid payment's money back to its payer's wallet. Above APPROVAL_LIMIT a second operator has to agree. */
  @Post('payments/:id/refund')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: MoneyActionView })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @Refuses('idempotency_key_required', 'idempotency_key_reused', 'payment_not_refundable', 'conflict')
  async refund(
    @Param('id') id: string,
    @Body() { reason }: ReasonBody,
    @Headers('idempotency-key') key: string | undefined,
    @User() caller: UserCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MoneyActionView> {
    const requested = await this.requestAction.refund(id, reason, unwrap(readKey(key)), caller);
    return answerRequested(unwrap(requested), reply);
  }

  /**
   * Says what became of a payment in doubt: delivered, with the tokens that the customer is then given, or not, and
   * the money is the payer's again. Above APPROVAL_LIMIT a second operator has to agree.
   */
  @Post('payments/:id/resolve')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: MoneyActionView })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @Refuses('idempotency_key_required', 'idempotency_key_reused', 'payment_not_in_doubt', 'conflict')
  async resolve(
    @Param('id') id: string,
    @Body() body: ResolveBody,
    @Headers('idempotency-key') key: string | undefined,
    @User() caller: UserCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MoneyActionView> {
    const requested = await this.requestAction.resolve(id, body, unwrap(readKey(key)), caller);
    return answerRequested(unwrap(requested), reply);
  }

  /** Puts a wallet right; a negative amount takes money out. Above APPROVAL_LIMIT a second operator has to agree. */
  @Post('wallets/:id/adjust')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: MoneyActionView })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @Refuses('idempotency_key_required', 'idempotency_key_reused', 'insufficient_funds')
  async adjust(
    @Param('id') id: string,
    @Body() body: AdjustBody,
    @Headers('idempotency-key') key: string | undefined,
    @User() caller: UserCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MoneyActionView> {
    const amount = unwrap(readSigned(body, this.settings.CURRENCY));
    const requested = await this.requestAction.adjust(id, amount, body.reason, unwrap(readKey(key)), caller);
    return answerRequested(unwrap(requested), reply);
  }

  /** What operators asked for, newest first. */
  @Get('approvals')
  @ApiOkResponse({ type: MoneyActionPage })
  list(@Query() query: MoneyActionsQuery): Promise<MoneyActionPage> {
    return this.findActions.list(query);
  }

  @Get('approvals/:id')
  @ApiOkResponse({ type: MoneyActionView })
  async one(@Param('id') id: string): Promise<MoneyActionView> {
    return moneyActionView(unwrap(await this.findActions.one(id)));
  }

  /** Agrees, as another operator than the one who asked. */
  @Post('approvals/:id/approve')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: MoneyActionView })
  @Refuses('second_person_required', 'conflict')
  async approve(@Param('id') id: string, @User() caller: UserCaller): Promise<MoneyActionView> {
    return moneyActionView(unwrap(await this.decideAction.approve(id, caller)));
  }

  @Post('approvals/:id/reject')
  @HttpCode(200)
  @ApiOkResponse({ type: MoneyActionView })
  @Refuses('second_person_required', 'conflict')
  async reject(
    @Param('id') id: string,
    @Body() { reason }: ReasonBody,
    @User() caller: UserCaller,
  ): Promise<MoneyActionView> {
    return moneyActionView(unwrap(await this.decideAction.reject(id, reason, caller)));
  }
}

function answerRequested({ action, replayed }: Requested, reply: FastifyReply): MoneyActionView {
  if (replayed) void reply.header('idempotency-replayed', 'true');
  const view = moneyActionView(action);
  void reply.header('location', view.links.self);
  return view;
}

function readKey(header: string | undefined): Result<string> {
  if (header === undefined) return refuse(new Problem('idempotency_key_required'));
  const key = header.replace(/^"(.*)"$/, '$1');
  if (KEY.test(key)) return ok(key);
  return refuse(
    new Problem('validation_failed', 'Idempotency-Key must be 1 to 255 visible ASCII characters'),
  );
}

/** As everywhere, but with a sign. */
function readSigned({ amount, currency }: AdjustBody, ours: GatewaySettings['CURRENCY']): Result<Money> {
  const text = String(amount);
  const negative = text.startsWith('-');
  const size = readAmount(negative ? text.slice(1) : amount, currency, ours);
  return size.ok && negative ? ok(size.value.negated()) : size;
}
