import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { DeadLetter, Envelope, QueueState } from '#contracts';
import { InboxRow } from '#messaging';
import { ServicesOnly } from './caller.js';
import { queueState } from './queue-state.js';
import type { ServiceParts } from './run-service.js';
import { PARTS } from './service-parts.js';

const DEAD_LETTERS = 200;

/** What operators see of this service; the gateway asks for it. */
@ApiExcludeController()
@ServicesOnly()
@Controller('internal/ops')
export class OpsController {
  constructor(@Inject(PARTS) private readonly parts: ServiceParts) {}

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
    return rows.map((row) => ({
      id: row.eventId,
      service: this.parts.name,
      type: row.type,
      receivedAt: row.receivedAt.toISOString(),
      attempts: row.attempts,
      error: row.error ?? '',
      correlationId: correlationOf(row),
    }));
  }
}

function correlationOf(row: InboxRow): string | null {
  if (row.type === 'unreadable' || !row.envelope) return null;
  return (JSON.parse(row.envelope) as Envelope).correlationid;
}
