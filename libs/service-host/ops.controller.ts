import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, IsUUID, MaxLength, Min } from 'class-validator';
import type { DeadLetter, DecideOnDeadLetter, Envelope, InboxEvent, QueueState } from '#contracts';
import { isId, Problem, unwrap } from '#kernel';
import { DecideDeadLetter, InboxRow, type InboxState, masked, maskedText } from '#messaging';
import { CallingService, type ServiceCaller, ServicesOnly } from './caller.js';
import { queueState } from './queue-state.js';
import type { ServiceParts } from './run-service.js';
import { PARTS } from './service-parts.js';

const DEAD_LETTERS = 200;

class DecisionBody implements DecideOnDeadLetter {
  @IsUUID() decisionId!: string;
  @IsUUID() by!: string;
  @IsInt() @Min(1) attempts!: number;
  @IsOptional() @IsString() @MaxLength(500) reason?: string;
}

/** What operators see of this service, and what they decide about it; the gateway asks and tells. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/ops')
export class OpsController {
  private readonly decide: DecideDeadLetter;

  constructor(@Inject(PARTS) private readonly parts: ServiceParts) {
    this.decide = new DecideDeadLetter(parts.requests);
  }

  @Get('queue')
  queue(): Promise<QueueState> {
    return queueState(this.parts);
  }

  @Get('dead-letters')
  async deadLetters(): Promise<DeadLetter[]> {
    const rows = await this.parts.dataSource.getRepository(InboxRow).find({
      where: { state: 'dead' },
      order: { receivedAt: 'DESC' },
      take: DEAD_LETTERS,
    });
    return rows.map((row) => this.letter(row));
  }

  @Get('dead-letters/:id')
  async one(@Param('id') id: string): Promise<InboxEvent> {
    const row = isId(id) && (await this.parts.dataSource.getRepository(InboxRow).findOneBy({ eventId: id }));
    if (!row) throw new Problem('not_found');
    return { ...this.letter(row), state: row.state };
  }

  @Post('dead-letters/:id/retry')
  @HttpCode(200)
  async retry(
    @Param('id') id: string,
    @Body() { decisionId, by, attempts }: DecisionBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<{ state: InboxState }> {
    if (!isId(id)) throw new Problem('not_found');
    return { state: unwrap(await this.decide.retry(id, { id: decisionId, by, attempts }, caller)) };
  }

  @Post('dead-letters/:id/discard')
  @HttpCode(200)
  async discard(
    @Param('id') id: string,
    @Body() { decisionId, by, attempts, reason = '' }: DecisionBody,
    @CallingService() caller: ServiceCaller,
  ): Promise<{ state: InboxState }> {
    if (!isId(id)) throw new Problem('not_found');
    return { state: unwrap(await this.decide.discard(id, { id: decisionId, by, attempts, reason }, caller)) };
  }

  private letter(row: InboxRow): DeadLetter {
    const envelope = envelopeOf(row);
    return {
      id: row.eventId,
      service: this.parts.name,
      type: row.type,
      receivedAt: row.receivedAt.toISOString(),
      attempts: row.attempts,
      error: maskedText(row.error ?? ''),
      correlationId: envelope?.correlationid ?? null,
      payload: envelope ? masked(envelope.data) : unreadable(row.envelope ?? ''),
      history: (row.history ?? []).map((it) => ({
        at: it.at,
        what: it.what,
        ...('error' in it && { error: maskedText(it.error) }),
        ...('by' in it && { by: it.by }),
        ...('reason' in it && { reason: it.reason }),
      })),
    };
  }
}

function envelopeOf(row: InboxRow): Envelope | undefined {
  if (row.type === 'unreadable' || !row.envelope) return undefined;
  return JSON.parse(row.envelope) as Envelope;
}

/** Text that is no event of ours may still be JSON, with members whose names tell what to mask. */
function unreadable(text: string): unknown {
  try {
    return masked(JSON.parse(text));
  } catch {
    return maskedText(text);
  }
}
