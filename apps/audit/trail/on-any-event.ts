import { Controller } from '@nestjs/common';
import { EVENTS, type EventDefinition } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { ChainHead } from './chain-head.entity.js';
import { chained } from './chain.rules.js';
import { TrailRow } from './trail.entity.js';

@Controller()
export class OnAnyEvent {
  @Consumes(...(EVENTS as [EventDefinition, ...EventDefinition[]]))
  async append(event: EventOf<EventDefinition>, tx: Tx): Promise<void> {
    const head = await tx.get(ChainHead, 'main');
    const envelope = JSON.stringify(event);
    const hash = chained(head.hash, envelope);
    const seq = head.seq + 1n;
    tx.insert(TrailRow, {
      seq,
      eventId: event.id,
      type: event.type,
      subject: event.subject,
      correlationId: event.correlationid,
      at: new Date(event.time),
      envelope,
      hash,
    });
    tx.set(head, { seq, hash });
  }
}
