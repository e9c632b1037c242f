import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsDefined, IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { METHODS, type Method } from '#contracts';
import { Problem, unwrap } from '#kernel';
import { readAmount, Refuses, SETTINGS, User, type UserCaller } from '#service-host';
import { type PaymentSettings } from '../payment-settings.js';
import { readRequestKeys } from '../requests/request-keys.js';
import { AcceptPayment } from './accept-payment.js';
import { ACCEPTING, answerAccepted, CLAIMING, TakesProof } from './answer-accepted.js';
import { chooseMethod } from './choose-method.js';
import {
  AcceptedView,
  PaymentPage,
  PaymentView,
  paymentView,
  ReceiptView,
  receiptView,
  vendView,
} from './payment-views.js';
import { FetchVend, mayReadTokens } from '../vends/fetch-vend.js';
import { PaymentsQuery, ReadPayments } from './read-payments.js';
import { timelineOf } from './timeline.rules.js';
import { TimelineView } from './timeline-view.js';

class PayBillBody {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  billId!: string;

  @ApiProperty({ oneOf: [{ type: 'string', example: '50.00' }, { type: 'number' }] })
  @IsDefined()
  amount!: string | number;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  currency?: string;

  @ApiProperty({ enum: METHODS, required: false })
  @IsOptional()
  @IsIn(METHODS)
  method?: Method;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  requestReference?: string;
}

@ApiTags('payments')
@Controller('api/payments')
export class PaymentsController {
  constructor(
    private readonly acceptPayment: AcceptPayment,
    private readonly payments: ReadPayments,
    private readonly fetchVend: FetchVend,
    @Inject(SETTINGS) private readonly settings: PaymentSettings,
  ) {}

  /** Pays a bill. The answer comes before the money moves: follow `links.self`. */
  @Post()
  @HttpCode(202)
  @ApiAcceptedResponse({ type: AcceptedView })
  @Refuses(...ACCEPTING, ...CLAIMING, 'idempotency_key_required')
  @TakesProof()
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async pay(
    @User() caller: UserCaller,
    @Body() body: PayBillBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedView> {
    const keys = unwrap(readRequestKeys(caller, 'payments', key, body.requestReference));
    const amount = unwrap(readAmount(body.amount, body.currency, this.settings.CURRENCY));
    const method = unwrap(chooseMethod(body.method, 'wallet', this.settings.WATTLINE_MODE));
    const order = { billId: body.billId, amount: amount.amount, method };
    return answerAccepted(unwrap(await this.acceptPayment.bill(caller, order, keys)), reply);
  }

  /** The caller's payments, newest first; an operator sees everybody's. */
  @Get()
  @ApiOkResponse({ type: PaymentPage })
  list(@User() caller: UserCaller, @Query() query: PaymentsQuery): Promise<PaymentPage> {
    return this.payments.list(caller, query);
  }

  @Get(':id')
  @ApiOkResponse({ type: PaymentView })
  async one(@User() caller: UserCaller, @Param('id') id: string): Promise<PaymentView> {
    const payment = await this.payments.one(caller, id);
    return { ...paymentView(payment), tokens: await this.fetchVend.tokens(caller, payment) };
  }

  /** What happened, what comes next, and by when. */
  @Get(':id/timeline')
  @ApiOkResponse({ type: [TimelineView] })
  async timeline(@User() caller: UserCaller, @Param('id') id: string): Promise<TimelineView[]> {
    return timelineOf(await this.payments.one(caller, id), this.settings.IN_DOUBT_RESOLVE_HOURS);
  }

  @Get(':id/receipt')
  @ApiOkResponse({ type: ReceiptView })
  @Refuses('receipt_not_ready')
  async receipt(@User() caller: UserCaller, @Param('id') id: string): Promise<ReceiptView> {
    const payment = await this.payments.one(caller, id);
    const { receiptNumber, endedAt } = payment;
    if (payment.status === 'REFUNDED') throw new Problem('receipt_not_ready', 'this payment was given back');
    if (payment.status !== 'PAID' || !receiptNumber || !endedAt) throw new Problem('receipt_not_ready');
    const vend = await this.fetchVend.details(caller, payment);
    const receipt = receiptView({ ...payment, receiptNumber, endedAt });
    return vend ? { ...receipt, ...vendView(vend, mayReadTokens(caller, payment)) } : receipt;
  }
}
