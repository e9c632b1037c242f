import type { ServiceName } from '../payment-vocabulary.js';

/** `GET /internal/ops/queue` of every service: what waits in it. */
export interface QueueState {
  service: ServiceName;
  outbox: { waiting: number; oldestSeconds: number };
  inbox: { retry: number; dead: number };
  effects: { waiting: number; unknown: number };
  /** Events in the service's queue on the broker that nobody took yet, where the bus can tell. */
  queued: number | null;
}

/** A delivery that was given up, or could not be read. `GET /internal/ops/dead-letters`. */
export interface DeadLetter {
  id: string;
  service: ServiceName;
  type: string;
  receivedAt: string;
  attempts: number;
  error: string;
  correlationId: string | null;
}
