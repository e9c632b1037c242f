import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PAYMENT_STATES, type PaymentInDoubt, type PaymentState } from '#contracts';
import { type MoneyJson, unwrap } from '#kernel';
import { MoneyView, PageQuery, Refuses, Roles, User, type UserCaller } from '#service-host';
import { FetchVend } from '../vends/fetch-vend.js';
import { FindInDoubt } from './find-in-doubt.js';

class InDoubtQuery extends PageQuery {
  @ApiProperty({ enum: ['true'], description: 'all payments are at /api/payments' })
  @IsIn(['true'])
  inDoubt!: 'true';
}

class PaymentInDoubtView implements PaymentInDoubt {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'P-7K3Q9ZPX4M2D' }) reference!: string;
  @ApiProperty({ enum: PAYMENT_STATES }) status!: PaymentState;
  @ApiProperty({ format: 'uuid' }) payerId!: string;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'the outcome outside is unknown' })
  unknownSince?: string;
  @ApiProperty({ description: 'what has to happen next' }) waitsFor!: string;
  @ApiProperty({ description: 'who sees to it' }) owner!: string;
  @ApiProperty({ format: 'date-time' }) deadline!: string;
  @ApiProperty({ description: 'the deadline is over' }) overdue!: boolean;
}

class PaymentsInDoubtPage {
  @ApiProperty({ type: [PaymentInDoubtView] }) items!: PaymentInDoubtView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

@ApiTags('operations')
@Roles('operator')
@Controller('api/ops/payments')
export class OpsPaymentsController {
  constructor(
    private readonly findInDoubt: FindInDoubt,
    private readonly fetchVend: FetchVend,
  ) {}

  /** Payments that have not ended in time, with who sees to them and by when; newest first. */
  @Get()
  @ApiOkResponse({ type: PaymentsInDoubtPage })
  list(@Query() query: InDoubtQuery): Promise<PaymentsInDoubtPage> {
    return this.findInDoubt.list(query);
  }

  /** Has the issuer of a token asked at once what became of it, instead of when its turn comes. */
  @Post(':id/requery')
  @HttpCode(202)
  @Refuses('not_found', 'payment_not_in_doubt')
  async requery(@Param('id') id: string, @User() caller: UserCaller): Promise<void> {
    unwrap(await this.fetchVend.requery(id, caller));
  }
}
