import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { type ServiceName, SERVICES } from '#contracts';
import { unwrap } from '#kernel';
import { Refuses, Roles, User, type UserCaller } from '#service-host';
import type { DeadLetterDecision } from './dead-letter-decision.entity.js';
import { DecideDeadLetter } from './decide-dead-letter.js';

class DiscardBody {
  @ApiProperty({ minLength: 3, maxLength: 300 })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  @Length(3, 300)
  reason!: string;

  @ApiPropertyOptional({ enum: SERVICES, description: 'when the event is dead in several services' })
  @IsOptional()
  @IsIn(SERVICES)
  service?: ServiceName;
}

class DecisionView {
  @ApiProperty({ format: 'uuid' }) decisionId!: string;
  @ApiProperty({ enum: SERVICES }) service!: ServiceName;
  @ApiProperty({ enum: ['retry', 'discard'] }) action!: 'retry' | 'discard';
  @ApiProperty({ format: 'uuid', description: 'the operator who decided; maybe another one, just before' })
  decidedBy!: string;
  @ApiProperty({ format: 'date-time' }) decidedAt!: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty({
    enum: ['decided', 'told', 'refused'],
    description: '`told`: the service has acknowledged it',
  })
  state!: DeadLetterDecision['state'];
}

class DecisionsView {
  @ApiProperty({ format: 'uuid', description: 'the event' }) id!: string;
  @ApiProperty({ type: [DecisionView] }) decisions!: DecisionView[];
}

@ApiTags('operations')
@Roles('operator')
@Controller()
export class DeadLettersController {
  constructor(private readonly decideDeadLetter: DecideDeadLetter) {}

  /** Has the event handled again, under its own id, in every service in which it is dead. */
  @Post('api/ops/dead-letters/:id/retry')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: DecisionsView })
  @Refuses('conflict')
  retry(@Param('id') id: string, @User() caller: UserCaller): Promise<DecisionsView> {
    return this.decide(id, { action: 'retry' }, caller);
  }

  /** Lets the event have no effect, for ever. */
  @Post('api/ops/dead-letters/:id/discard')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: DecisionsView })
  @Refuses('conflict')
  discard(
    @Param('id') id: string,
    @Body() { reason, service }: DiscardBody,
    @User() caller: UserCaller,
  ): Promise<DecisionsView> {
    return this.decide(id, { action: 'discard', reason, service }, caller);
  }

  /** The short name of POST /api/ops/dead-letters/{id}/retry. */
  @Post('retry/:jobId')
  @HttpCode(202)
  @ApiTags('short names')
  @ApiAcceptedResponse({ type: DecisionsView })
  @Refuses('conflict')
  retryJob(@Param('jobId') id: string, @User() caller: UserCaller): Promise<DecisionsView> {
    return this.decide(id, { action: 'retry' }, caller);
  }

  private async decide(
    id: string,
    order: Parameters<DecideDeadLetter['run']>[1],
    caller: UserCaller,
  ): Promise<DecisionsView> {
    return { id, decisions: unwrap(await this.decideDeadLetter.run(id, order, caller)).map(decisionView) };
  }
}

function decisionView(decision: DeadLetterDecision): DecisionView {
  const { id: decisionId, service, action, decidedBy, decidedAt, reason, state } = decision;
  return {
    decisionId,
    service,
    action,
    decidedBy,
    decidedAt: decidedAt.toISOString(),
    ...(reason !== null && { reason }),
    state,
  };
}
