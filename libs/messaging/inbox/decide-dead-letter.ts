import { ok, Problem, refuse, type Result } from '#kernel';
import type { UnitOfWork, WorkContext } from '#persistence';
import type { Tx } from '../tx.js';
import { type Happened, InboxRow, type InboxState } from './inbox.entity.js';

/** What an operator decided about an event that was given up. */
export interface Decision {
  id: string;
  /** The operator. */
  by: string;
  /** How many attempts had failed when it was decided: a letter that died again is another one. */
  attempts: number;
}

/**
 * Carries out what operators decide. Each decision counts once, however often it is told: it is found again in the
 * history of the event.
 */
export class DecideDeadLetter {
  constructor(private readonly work: UnitOfWork<Tx>) {}

  /**
   * Has the event handled again, under its own id; one attempt more, and when that fails the event is dead again.
   * Refusals: not_found, conflict (it is dead no longer, or died again, or is no event).
   */
  retry(eventId: string, decision: Decision, context: WorkContext): Promise<Result<InboxState>> {
    return this.decide(eventId, decision, context, (row, tx) => {
      if (row.type === 'unreadable') {
        return refuse(new Problem('conflict', 'this text is no event, so nothing can handle it: discard it'));
      }
      return ok({ state: 'retry', nextAt: tx.now, happened: { what: 'retried' } });
    });
  }

  /** Lets the event have no effect, for ever. Refusals: not_found, conflict (it is dead no longer, or died again). */
  discard(
    eventId: string,
    decision: Decision & { reason: string },
    context: WorkContext,
  ): Promise<Result<InboxState>> {
    return this.decide(eventId, decision, context, () =>
      ok({ state: 'discarded', nextAt: null, happened: { what: 'discarded', reason: decision.reason } }),
    );
  }

  private decide(
    eventId: string,
    decision: Decision,
    context: WorkContext,
    change: (row: InboxRow, tx: Tx) => Result<Change>,
  ): Promise<Result<InboxState>> {
    return this.work.run(context, async (tx) => {
      const row = await tx.load(InboxRow, eventId);
      if (!row) return refuse(new Problem('not_found'));
      const history = row.history ?? [];
      if (history.some((it) => 'decision' in it && it.decision === decision.id)) return ok(row.state);
      if (row.state !== 'dead' || row.attempts !== decision.attempts) {
        return refuse(new Problem('conflict', 'this is no dead letter any more, or died again since'));
      }
      const changed = change(row, tx);
      if (!changed.ok) return changed;
      const { state, nextAt, happened } = changed.value;
      const signed = { at: tx.now.toISOString(), decision: decision.id, by: decision.by };
      tx.set(row, { state, nextAt, history: [...history, { ...signed, ...happened }] });
      return ok(state);
    });
  }
}

interface Change {
  state: InboxState;
  nextAt: Date | null;
  happened: Unsigned<Exclude<Happened, { what: 'failed' }>>;
}

/** Of each kind, without who decided and when. */
type Unsigned<H> = H extends Happened ? Omit<H, 'at' | 'decision' | 'by'> : never;
