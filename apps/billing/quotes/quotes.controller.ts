import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type ProblemCode, unwrap } from '#kernel';
import { Refuses, User, type UserCaller } from '#service-host';
import { MakeQuote } from './make-quote.js';
import { QuoteBody, QuoteView, VerifiedPurchase, VerifyBody } from './quotes.dto.js';
import { VerifyPurchase } from './verify-purchase.js';

const NOT_SOLD: ProblemCode[] = [
  'meter_number_invalid',
  'meter_unknown',
  'meter_suspended',
  'meter_blocked',
  'conflict',
  'amount_too_low',
  'amount_too_high',
];

@ApiTags('electricity')
@Controller('api')
export class QuotesController {
  constructor(
    private readonly makeQuote: MakeQuote,
    private readonly verifyPurchase: VerifyPurchase,
  ) {}

  /** Shows whose meter it is and what the amount buys, line by line, as a bill to be paid within 30 minutes. */
  @Post('electricity/verify')
  @ApiCreatedResponse({ type: VerifiedPurchase })
  @Refuses(...NOT_SOLD, 'currency_mismatch')
  async verify(@User() caller: UserCaller, @Body() body: VerifyBody): Promise<VerifiedPurchase> {
    return unwrap(await this.verifyPurchase.run(caller, body));
  }

  /** What an amount buys, or what some kilowatt-hours cost. Nothing is stored, and nothing promised. */
  @Post('quotes')
  @HttpCode(200)
  @ApiOkResponse({ type: QuoteView })
  @Refuses(...NOT_SOLD)
  async quote(@User() caller: UserCaller, @Body() body: QuoteBody): Promise<QuoteView> {
    const { amount, quote } = unwrap(await this.makeQuote.run(caller.userId, body));
    return { amount: amount.toJSON(), ...quote };
  }
}
