import { Injectable } from '@nestjs/common';
import { type DeadLetter, type QueueState, type ServiceName, SERVICES } from '#contracts';
import type { WorkContext } from '#persistence';
import { InternalClient } from '#service-host';

/** What waits in a service; `reachable: false` when it did not answer. */
export type WatchedQueue = ({ reachable: true } & QueueState) | { reachable: false; service: ServiceName };

export interface DeadLetters {
  items: DeadLetter[];
  nextCursor: null;
  /** Services that did not answer: their dead letters are missing here. */
  unreachable: ServiceName[];
}

/** Asks every service, this one included, for what waits in it and for what it gave up. */
@Injectable()
export class WatchQueues {
  constructor(private readonly client: InternalClient) {}

  queues(context: WorkContext): Promise<WatchedQueue[]> {
    return Promise.all(
      SERVICES.map(async (service): Promise<WatchedQueue> => {
        const answer = await this.client.call<QueueState>(service, 'GET', '/internal/ops/queue', context);
        return answer.ok ? { reachable: true, ...answer.value } : { reachable: false, service };
      }),
    );
  }

  /** Of all services, newest first. */
  async deadLetters(context: WorkContext): Promise<DeadLetters> {
    const unreachable: ServiceName[] = [];
    const lists = await Promise.all(
      SERVICES.map(async (service) => {
        const answer = await this.client.call<DeadLetter[]>(
          service,
          'GET',
          '/internal/ops/dead-letters',
          context,
        );
        if (answer.ok) return answer.value;
        unreachable.push(service);
        return [];
      }),
    );
    const items = lists.flat().sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
    return { items, nextCursor: null, unreachable };
  }
}
