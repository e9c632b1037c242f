import { Injectable } from '@nestjs/common';
import type { ServiceName } from '#contracts';
import { Clock, newId } from '#kernel';
import { WatchQueues } from '../operations/watch-queues.js';

export interface SystemStatus {
  status: 'up' | 'degraded';
  at: string;
  services: { name: ServiceName; status: 'up' | 'away' }[];
  /** Events and outside calls that wait in each service that answered. */
  queues: { service: ServiceName; waiting: number; retrying: number; dead: number }[];
}

/** Everybody may ask, and one question costs six: so the answer is kept for a moment. */
const KEPT_MILLIS = 2_000;

/** How the system is, told to everybody. */
@Injectable()
export class ReadSystemStatus {
  private kept: { answer: Promise<SystemStatus>; until: number } | undefined;

  constructor(
    private readonly watchQueues: WatchQueues,
    private readonly clock: Clock,
  ) {}

  run(): Promise<SystemStatus> {
    const now = this.clock.now().getTime();
    if (!this.kept || this.kept.until <= now) this.kept = { answer: this.look(), until: now + KEPT_MILLIS };
    return this.kept.answer;
  }

  private async look(): Promise<SystemStatus> {
    const watched = await this.watchQueues.queues({ correlationId: newId() });
    const allUp = watched.every(({ reachable }) => reachable);
    return {
      status: allUp ? 'up' : 'degraded',
      at: this.clock.now().toISOString(),
      services: watched.map(({ service, reachable }) => ({
        name: service,
        status: reachable ? 'up' : 'away',
      })),
      queues: watched.flatMap((it) =>
        it.reachable
          ? {
              service: it.service,
              waiting: it.outbox.waiting + it.effects.waiting + (it.queued ?? 0),
              retrying: it.inbox.retry,
              dead: it.inbox.dead,
            }
          : [],
      ),
    };
  }
}
