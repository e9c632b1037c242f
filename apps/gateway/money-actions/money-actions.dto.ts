import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { VEND_OUTCOMES, type VendOutcome } from '#contracts';
import type { MoneyJson } from '#kernel';
import { MoneyView, PageQuery } from '#service-host';
import {
  amountOf,
  MONEY_ACTION_KINDS,
  type MoneyAction,
  type MoneyActionKind,
} from './money-action.entity.js';
import { MONEY_ACTION_STATES, type MoneyActionState } from './money-action.machine.js';

const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export class ReasonBody {
  @ApiProperty({ minLength: 3, maxLength: 300, description: 'kept in the audit trail' })
  @Trimmed()
  @IsString()
  @Length(3, 300)
  reason!: string;
}

export class AdjustBody extends ReasonBody {
  @ApiProperty({ oneOf: [{ type: 'string', example: '-25.00' }, { type: 'number' }] })
  @IsDefined()
  amount!: string | number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  currency?: string;
}

/** A key change, and the credit after it. */
const MOST_TOKENS = 5;

export class ResolveBody extends ReasonBody {
  @ApiProperty({ enum: VEND_OUTCOMES })
  @IsIn(VEND_OUTCOMES)
  outcome!: VendOutcome;

  @ApiPropertyOptional({
    type: [String],
    description:
      'of what was delivered, in the order of entry; none when the credit went to the meter online',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => withoutSpaces(value))
  @IsArray()
  @ArrayMaxSize(MOST_TOKENS)
  @Matches(/^\d{9,20}$/, { each: true, message: 'tokens must be digits' })
  tokens?: string[];
}

/** People copy tokens in groups of four. */
function withoutSpaces(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((it: unknown) => (typeof it === 'string' ? it.replaceAll(' ', '') : it));
}

export class MoneyActionsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: MONEY_ACTION_STATES })
  @IsOptional()
  @IsIn(MONEY_ACTION_STATES)
  state?: MoneyActionState;
}

class MoneyActionLinks {
  @ApiProperty() self!: string;
}

export class MoneyActionView {
  @ApiProperty({ format: 'uuid', description: 'of the approval' }) id!: string;
  @ApiProperty({ enum: MONEY_ACTION_KINDS }) kind!: MoneyActionKind;
  @ApiProperty({ format: 'uuid', description: 'the payment, or the wallet' }) subjectId!: string;
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiPropertyOptional({ enum: VEND_OUTCOMES, description: 'of a resolution' }) outcome?: VendOutcome;
  @ApiProperty() reason!: string;
  @ApiProperty({ enum: MONEY_ACTION_STATES }) state!: MoneyActionState;
  @ApiProperty({ description: 'a second operator has to agree, or had to' }) needsApproval!: boolean;
  @ApiProperty({ format: 'uuid' }) requestedBy!: string;
  @ApiProperty({ format: 'date-time' }) requestedAt!: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'the second operator' }) decidedBy?: string;
  @ApiPropertyOptional({ format: 'date-time' }) decidedAt?: string;
  @ApiPropertyOptional({ description: 'why it was rejected' }) decidedWhy?: string;
  @ApiPropertyOptional({ description: 'the code with which it was refused in the end' }) refusal?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiProperty({ type: MoneyActionLinks }) links!: MoneyActionLinks;
}

export class MoneyActionPage {
  @ApiProperty({ type: [MoneyActionView] }) items!: MoneyActionView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export function moneyActionView(action: MoneyAction): MoneyActionView {
  const { id, kind, subjectId, reason, state, needsApproval, requestedBy } = action;
  return {
    id,
    kind,
    subjectId,
    amount: amountOf(action).toJSON(),
    outcome: action.outcome ?? undefined,
    reason,
    state,
    needsApproval,
    requestedBy,
    requestedAt: action.requestedAt.toISOString(),
    decidedBy: action.decidedBy ?? undefined,
    decidedAt: action.decidedAt?.toISOString(),
    decidedWhy: action.decidedWhy ?? undefined,
    refusal: action.refusal ?? undefined,
    endedAt: action.endedAt?.toISOString(),
    links: { self: `/api/ops/approvals/${id}` },
  };
}
