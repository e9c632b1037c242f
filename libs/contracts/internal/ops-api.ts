import type { ServiceName } from '../payment-vocabulary.js';

/** `GET /internal/ops/queue` of every service: what waits in it. */
export interface QueueState {
  service: ServiceName;
  outbox: { waiting: number; oldestSeconds: number };
  inbox: { retry: number; dead: number };
  effects: { waiting: number; unknown: number };
  /** By the process that answers, over the last minute: events per second, and the longest from announced to handled. */
  handled: { perSecond: number; lagSeconds: number };
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
  /** What the event says, masked; of text that is no event, its beginning. */
  payload: unknown;
  /** Oldest first. */
  history: DeadLetterHistory[];
}

export interface DeadLetterHistory {
  at: string;
  what: 'failed' | 'retried' | 'discarded';
  error?: string;
  /** The operator. */
  by?: string;
  reason?: string;
}

/** `GET /internal/ops/dead-letters/{id}`: an event of this service's inbox, dead or not; 404 when it has none. */
export interface InboxEvent extends DeadLetter {
  state: 'done' | 'retry' | 'dead' | 'discarded';
}

/**
 * `POST /internal/ops/dead-letters/{id}/retry` and `…/discard`, told until it is answered: a decision counts once.
 * Refusals: not_found, conflict (it is dead no longer, or `attempts` have become more).
 */
export interface DecideOnDeadLetter {
  decisionId: string;
  by: string;
  attempts: number;
  /** For discard. */
  reason?: string;
}
