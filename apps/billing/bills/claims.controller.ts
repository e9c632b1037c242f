import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsInt,
  IsLowercase,
  IsString,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  type ClaimBill as ClaimBillRequest,
  type ClaimedBill,
  type Gathered,
  type GatheredAnswers,
  MOST_QUESTIONS,
  type Question,
} from '#contracts';
import { answerEach, LOG, type Log, QuestionContext, ServicesOnly } from '#service-host';
import { MayBeAbsent } from './bill-requests.js';
import { ClaimBill } from './claim-bill.js';

class ClaimBillBody implements ClaimBillRequest {
  @IsString()
  billId!: string;

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

class ClaimQuestion implements Question<ClaimBillRequest> {
  @IsDefined()
  @ValidateNested()
  @Type(() => QuestionContext)
  context!: QuestionContext;

  @IsDefined()
  @ValidateNested()
  @Type(() => ClaimBillBody)
  asked!: ClaimBillBody;
}

class ClaimsBody implements Gathered<ClaimBillRequest> {
  @IsArray()
  @ArrayMaxSize(MOST_QUESTIONS)
  @ValidateNested({ each: true })
  @Type(() => ClaimQuestion)
  questions!: ClaimQuestion[];
}

@ApiExcludeController()
@ServicesOnly()
@Controller('internal/claims')
export class ClaimsController {
  constructor(
    private readonly claimBill: ClaimBill,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Each question reserves a bill for one payment. */
  @Post()
  @HttpCode(200)
  claim(@Body() { questions }: ClaimsBody): Promise<GatheredAnswers<ClaimedBill>> {
    return answerEach(questions, this.log, (context, claim) => this.claimBill.run(context, claim));
  }
}
