import { createHash } from 'node:crypto';
import type { Envelope } from '#contracts';
import { type Clock, ImpossibleTransition } from '#kernel';
import type { UnitOfWork } from '#persistence';
import { PermanentError } from '../envelopes.js';
import type { Tx } from '../tx.js';
import { oldestWelcome } from '../housekeeping/housekeeping.js';
import { type Happened, InboxRow } from './inbox.entity.js';

export type Handle = (envelope: Envelope, tx: Tx) => Promise<void>;

/** Waiting times before the second, third, fourth and fifth attempt; after the fifth the event is dead. */
export const RETRY_AFTER_MILLIS = [1_000, 10_000, 60_000, 600_000];

/** Deduplicates by event id: the effects of an event and the note that it was handled commit together. */
export class Inbox {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    private readonly keepDays: number,
  ) {}

  /** Handles an event unless this service has it already. Rejects with what the handler threw. */
  handleOnce(envelope: Envelope, handle: Handle): Promise<void> {
    if (envelope.id < oldestWelcome(this.clock, this.keepDays)) {
      return Promise.reject(new PermanentError('this event is older than what is remembered'));
    }
    return this.work.run(contextOf(envelope), async (tx) => {
      const first = await tx.insertIfAbsent(InboxRow, this.row(envelope, { state: 'done', attempts: 1 }));
      if (first) await handle(envelope, tx);
    });
  }

  /** Tries a failed event again. Does nothing when somebody else did so meanwhile. */
  handleAgain(failed: InboxRow, handle: Handle): Promise<void> {
    const envelope = JSON.parse(failed.envelope ?? '{}') as Envelope;
    return this.work.run(contextOf(envelope), async (tx) => {
      const row = await tx.load(InboxRow, failed.eventId);
      if (row?.state !== 'retry' || row.attempts !== failed.attempts) return;
      tx.set(row, { state: 'done', attempts: row.attempts + 1, nextAt: null, error: null });
      await handle(envelope, tx);
    });
  }

  /**
   * Notes a failed attempt: to be tried again later, or dead. `attemptsBefore` are those that were noted when
   * this one began: of two deliveries of an event that fail at the same time, one counts.
   */
  async recordFailure(envelope: Envelope, error: unknown, attemptsBefore = 0): Promise<InboxRow> {
    return this.work.run(contextOf(envelope), async (tx) => {
      const fresh = this.row(envelope, { state: 'retry', attempts: 0, envelope: JSON.stringify(envelope) });
      await tx.insertIfAbsent(InboxRow, fresh);
      const row = await tx.get(InboxRow, envelope.id);
      if (row.state !== 'retry' || row.attempts !== attemptsBefore) return row;
      const wait = isPermanent(error) ? undefined : RETRY_AFTER_MILLIS[row.attempts];
      return tx.set(row, {
        attempts: row.attempts + 1,
        error: describe(error),
        history: [...(row.history ?? []), failedAt(this.clock.now(), describe(error))],
        state: wait === undefined ? 'dead' : 'retry',
        nextAt: wait === undefined ? null : new Date(this.clock.now().getTime() + wait),
      });
    });
  }

  /** Keeps text that is no envelope, under an id made from the text: delivered twice, it is kept once. */
  async keepUnreadable(text: string, error: string): Promise<void> {
    const eventId = idFromText(text);
    await this.work.run({ correlationId: eventId }, async (tx) => {
      await tx.insertIfAbsent(InboxRow, {
        eventId,
        type: 'unreadable',
        receivedAt: this.clock.now(),
        state: 'dead',
        attempts: 1,
        nextAt: null,
        error,
        history: [failedAt(this.clock.now(), error)],
        envelope: text.replaceAll('\u0000', ''), // PostgreSQL's text has no NUL
      });
    });
  }

  private row(envelope: Envelope, rest: Pick<InboxRow, 'state' | 'attempts'> & Partial<InboxRow>): InboxRow {
    return {
      eventId: envelope.id,
      type: envelope.type,
      receivedAt: this.clock.now(),
      nextAt: null,
      error: null,
      envelope: null,
      history: null,
      ...rest,
    };
  }
}

function failedAt(at: Date, error: string): Happened {
  return { at: at.toISOString(), what: 'failed', error };
}

function contextOf(envelope: Envelope) {
  return {
    correlationId: envelope.correlationid,
    causationId: envelope.id,
    traceparent: envelope.traceparent,
  };
}

function isPermanent(error: unknown): boolean {
  return error instanceof PermanentError || error instanceof ImpossibleTransition;
}

function describe(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 1_000);
}

function idFromText(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  // The time in it is 1970, so that it lies in no day's partition.
  return `00000000-0000-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
