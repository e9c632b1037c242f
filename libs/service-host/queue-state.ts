import { eventsOf, type QueueState } from '#contracts';
import type { ServiceParts } from './run-service.js';

interface Counts {
  waiting: bigint;
  oldest: Date | null;
  retry: bigint;
  dead: bigint;
  effects: bigint;
  unknown: bigint;
}

/** What waits in a service, counted over the partial indexes of what is still open. */
export async function queueState({
  name,
  dataSource,
  transport,
  clock,
  metrics,
}: ServiceParts): Promise<QueueState> {
  const [counts] = await dataSource.query<Counts[]>(`
    SELECT
      (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS waiting,
      (SELECT min(created_at) FROM outbox WHERE published_at IS NULL) AS oldest,
      (SELECT count(*) FROM inbox WHERE state = 'retry') AS retry,
      (SELECT count(*) FROM inbox WHERE state = 'dead') AS dead,
      (SELECT count(*) FROM effects WHERE state IN ('started', 'scheduled')) AS effects,
      (SELECT count(*) FROM effects WHERE state = 'unknown') AS unknown`);
  const { waiting, oldest, retry, dead, effects, unknown } = counts!;
  const consumes = eventsOf(name).length > 0;
  return {
    service: name,
    outbox: {
      waiting: Number(waiting),
      oldestSeconds: oldest ? Math.max(0, Math.round((clock.now().getTime() - oldest.getTime()) / 1000)) : 0,
    },
    inbox: { retry: Number(retry), dead: Number(dead) },
    effects: { waiting: Number(effects), unknown: Number(unknown) },
    handled: metrics.rate.read(clock.now().getTime()),
    queued: consumes ? await transport.depth(name) : 0,
  };
}
