import type { FastifyInstance } from 'fastify';
import { Ring } from '../ring.js';
import { wholeNumber, type Fields } from '../server.js';
import type { MessageStore } from './message-store.js';
import type { Message } from './message.js';
import { segmentsOf } from './sms-segments.js';
import type { CallbackEntry } from './status-callbacks.js';

export interface RequestEntry {
  at: number;
  method: string;
  path: string;
  to?: string | undefined;
  sid?: string | undefined;
  /** The HTTP status of the answer, or what happened instead of one. */
  outcome: number | string;
  /** Twilio's error code, when the answer carried one. */
  code?: number | undefined;
  fault?: string | undefined;
}

const REQUESTS_MAX = 50_000;
const CALLBACKS_MAX = 50_000;
const PAGE = 1000;
const PAGE_MAX = 100_000;

/** The simulator's own account of what happened: the truth for "at most one SMS per event". */
export class TwilioLog {
  readonly requests = new Ring<RequestEntry>(REQUESTS_MAX);
  readonly callbacks = new Ring<CallbackEntry>(CALLBACKS_MAX);

  constructor(private readonly store: MessageStore) {}

  /** The newest of everything, each part oldest first, with how many there ever were. */
  summary(limit: number): Record<string, unknown> {
    return {
      accepted: this.store.accepted,
      kept: this.store.kept,
      requestsEver: this.requests.total,
      callbacksEver: this.callbacks.total,
      messages: this.store.record.latest(limit).map(({ entry }) => messageEntry(entry)),
      requests: this.requests.latest(limit).map(timed),
      callbacks: this.callbacks.latest(limit).map(timed),
    };
  }
}

/** `GET …/log`, and one path per part to read it in order from any number on. */
export function addLogRoutes(app: FastifyInstance, log: TwilioLog, store: MessageStore): void {
  app.get<{ Querystring: Fields }>('/log', ({ query }) => log.summary(limitOf(query)));
  app.get<{ Querystring: Fields }>('/log/messages', ({ query }) =>
    pageOf(store.record, query, ({ entry }) => messageEntry(entry)),
  );
  app.get<{ Querystring: Fields }>('/log/requests', ({ query }) => pageOf(log.requests, query, timed));
  app.get<{ Querystring: Fields }>('/log/callbacks', ({ query }) => pageOf(log.callbacks, query, timed));
}

function pageOf<T>(
  ring: Ring<T>,
  query: Fields,
  show: (numbered: { seq: number; entry: T }) => unknown,
): Record<string, unknown> {
  const after = wholeNumber(query, 'after', 0, Number.MAX_SAFE_INTEGER);
  const found = ring.since(after, limitOf(query));
  const next = found.at(-1)?.seq ?? after;
  // What fell out before the reader came is counted, so that no checker takes a part for the whole.
  const missed = Math.max(0, ring.first - 1 - after);
  return { total: ring.total, missed, next, more: next < ring.total, items: found.map(show) };
}

function messageEntry(message: Message): Record<string, unknown> {
  const { seq, sid, to, from, body, acceptedAt, status, statusCallback, errorCode } = message;
  const { encoding, segments } = segmentsOf(body);
  const at = new Date(acceptedAt).toISOString();
  return { seq, sid, to, from, body, at, status, errorCode, encoding, segments, statusCallback };
}

function timed<T extends { at: number }>({ seq, entry }: { seq: number; entry: T }): Record<string, unknown> {
  return { seq, ...entry, at: new Date(entry.at).toISOString() };
}

function limitOf(query: Fields): number {
  return wholeNumber(query, 'limit', PAGE, PAGE_MAX);
}
