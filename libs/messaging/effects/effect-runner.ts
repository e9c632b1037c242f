import type { DataSource } from 'typeorm';
import type { Clock, Id } from '#kernel';
import { crashPoint, type UnitOfWork, type WorkContext } from '#persistence';
import type { Tx } from '../tx.js';
import type { Call, Effect, Outcome } from './effect.js';
import { EffectRow, type EffectState } from './effect.entity.js';

type AnyEffect = Effect<unknown, unknown>;
type Mode = 'perform' | 'ask';

export interface EffectRunnerOptions {
  /** Calls that may be under way at the same time. */
  concurrency: number;
  sweepMillis?: number;
  /** How long the process that decided an effect may take before another one asks what became of it. */
  leaseMillis?: number;
  onProblem?: (text: string, error: unknown) => void;
}

const LEASE_MILLIS = 60_000;
const MAX_WAITING = 20_000;
/** Answers that wait for their transaction: as many as a process may lose track of, and has to ask for again. */
const MAX_STORING = 1_000;
const NOT_DONE_RETRY_MILLIS = [2_000, 10_000, 60_000, 600_000];
/** What could not begin waits for a tenth of its age, within these bounds: short after a restart, rarely in a long night. */
const NOT_BEGUN_RETRY_MILLIS = { least: 2_000, most: 60_000 };

/** Makes the calls that transactions have decided, and finds out about those whose outcome is unknown. */
export class EffectRunner {
  private readonly effects = new Map<string, AnyEffect>();
  private readonly mine = new Set<string>();
  private readonly waiting: { row: EffectRow; mode: Mode }[] = [];
  private running = 0;
  private storing = 0;
  private sweeper: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private stopped = false;
  private readonly leaseMillis: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    private readonly options: EffectRunnerOptions,
  ) {
    this.leaseMillis = options.leaseMillis ?? LEASE_MILLIS;
  }

  register<C, O>(effect: Effect<C, O>): void {
    this.effects.set(effect.kind, effect);
  }

  rowFor<C, O>(effect: Effect<C, O>, reference: Id, command: C, context: WorkContext): EffectRow {
    const now = this.clock.now();
    return {
      reference,
      kind: effect.kind,
      command: JSON.stringify(command),
      state: 'started',
      attempts: 0,
      questions: 0,
      nextAt: new Date(now.getTime() + this.leaseMillis),
      error: null,
      createdAt: now,
      correlationId: context.correlationId,
      causationId: context.causationId ?? null,
    };
  }

  begin(): void {
    this.sweeper = setInterval(() => {
      if (this.sweeping) return;
      this.sweep().catch((error: unknown) => this.options.onProblem?.('effects could not be swept', error));
    }, this.options.sweepMillis ?? 1_000);
  }

  /** Takes an effect whose transaction has just committed. */
  start(row: EffectRow): void {
    if (this.stopped || this.waiting.length >= MAX_WAITING) return; // the sweep will find it, and ask
    this.enqueue(row, 'perform');
  }

  async stop(timeoutMillis = 10_000): Promise<void> {
    this.stopped = true;
    clearInterval(this.sweeper);
    await this.sweeping;
    const deadline = performance.now() + timeoutMillis;
    while (this.mine.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /**
   * Takes what is due: scheduled effects are performed, everything else is asked for first. A scheduled one is
   * `started` from here on: if this process dies during the call, the next one must ask. One sweep at a time: until it
   * knows what it has taken, another would ask for what this one is about to perform.
   */
  async sweep(): Promise<void> {
    while (this.sweeping) await this.sweeping;
    const taking = this.takeDue();
    this.sweeping = taking.catch(() => undefined).finally(() => (this.sweeping = undefined)); // its caller hears of it
    return taking;
  }

  /** The lease is read from what was written: read later, it may be that of another process. */
  private async takeDue(): Promise<void> {
    const now = this.clock.now();
    const [taken] = await this.dataSource.query<[(EffectRow & { was: EffectState })[], number]>(
      `UPDATE effects e
       SET next_at = $2, state = CASE WHEN due.state = 'scheduled' THEN 'started' ELSE due.state END
       FROM (SELECT reference, state FROM effects WHERE state <> 'done' AND next_at <= $1
             ORDER BY next_at LIMIT 500 FOR UPDATE SKIP LOCKED) due
       WHERE e.reference = due.reference
       RETURNING due.state AS was, e.reference, e.kind, e.command, e.state, e.attempts, e.questions, e.error,
                 e.next_at AS "nextAt", e.created_at AS "createdAt", e.correlation_id AS "correlationId",
                 e.causation_id AS "causationId"`,
      [now, new Date(now.getTime() + this.leaseMillis)],
    );
    for (const { was, ...row } of taken)
      if (!this.mine.has(row.reference)) this.enqueue(row, was === 'scheduled' ? 'perform' : 'ask');
  }

  private enqueue(row: EffectRow, mode: Mode): void {
    this.mine.add(row.reference);
    this.waiting.push({ row, mode });
    this.pump();
  }

  /** A call has its place until it is answered; that the answer is stored, the next call does not wait for. */
  private pump(): void {
    while (this.running < this.options.concurrency && this.storing < MAX_STORING && this.waiting.length > 0) {
      const { row, mode } = this.waiting.shift()!;
      this.running += 1;
      void this.execute(row, mode)
        .catch((error: unknown) =>
          this.options.onProblem?.(`${row.kind} ${row.reference} will be asked for`, error),
        )
        .finally(() => {
          this.mine.delete(row.reference);
          this.pump();
        });
    }
  }

  private async execute(row: EffectRow, mode: Mode): Promise<void> {
    const answered = await this.makeCall(row, mode).finally(() => {
      this.running -= 1;
      this.pump();
    });
    if (!answered) return;
    const { effect, command, outcome } = answered;
    crashPoint('after-effect-before-record');
    const context = { correlationId: row.correlationId, causationId: row.causationId ?? undefined };
    this.storing += 1;
    await this.work
      .run(context, (tx) => this.record(effect, command, row, mode, outcome, tx))
      .finally(() => (this.storing -= 1));
  }

  /** Nothing when it waited here for longer than its lease: by now another process may have asked, and scheduled it anew. */
  private async makeCall(row: EffectRow, mode: Mode) {
    const effect = this.effects.get(row.kind);
    if (!effect) throw new Error(`No effect is registered for ${row.kind}`);
    if (mode === 'perform' && this.clock.now() >= row.nextAt) return undefined;
    const command: unknown = JSON.parse(row.command);
    return { effect, command, outcome: await this.call(effect, mode, command, row) };
  }

  private async call(
    effect: AnyEffect,
    mode: Mode,
    command: unknown,
    row: EffectRow,
  ): Promise<Outcome<unknown>> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error('took too long')), effect.timeoutMillis);
    const call: Call = { reference: row.reference, signal: abort.signal, since: row.createdAt };
    try {
      return await (mode === 'perform' ? effect.perform(command, call) : effect.ask(command, call));
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  private async record(
    effect: AnyEffect,
    command: unknown,
    seen: EffectRow,
    mode: Mode,
    outcome: Outcome<unknown>,
    tx: Tx,
  ): Promise<void> {
    const row = await tx.get(EffectRow, seen.reference);
    if (row.state === 'done') return;
    const attempts = row.attempts + (mode === 'perform' ? 1 : 0);
    const questions = row.questions + (mode === 'ask' ? 1 : 0);
    const at = (millis: number) => new Date(tx.now.getTime() + millis);
    switch (outcome.kind) {
      case 'succeeded':
      case 'failed':
        tx.set(row, { state: 'done', attempts, questions, error: null });
        return effect.record(command, outcome, tx, row.reference);
      case 'not_done': {
        if (attempts >= effect.maxAttempts) {
          tx.set(row, { state: 'done', attempts, questions, error: outcome.reason });
          const failed = { kind: 'failed', code: 'gave_up', reason: outcome.reason } as const;
          return effect.record(command, failed, tx, row.reference);
        }
        const wait = outcome.retryAfterMillis ?? NOT_DONE_RETRY_MILLIS[Math.min(attempts, 4) - 1] ?? 0;
        tx.set(row, { state: 'scheduled', attempts, questions, nextAt: at(wait), error: outcome.reason });
        return;
      }
      case 'not_begun': {
        const { least, most } = NOT_BEGUN_RETRY_MILLIS;
        const tenth = (tx.now.getTime() - row.createdAt.getTime()) / 10;
        const nextAt = at(Math.min(Math.max(tenth, least), most));
        tx.set(row, { state: 'scheduled', questions, nextAt, error: outcome.reason });
        return;
      }
      case 'unknown': {
        const ladder = effect.askAfterMillis;
        const wait = ladder[Math.min(questions, ladder.length - 1)] ?? this.leaseMillis;
        tx.set(row, { state: 'unknown', attempts, questions, nextAt: at(wait), error: outcome.reason });
      }
    }
  }
}
