import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { Batch } from './batch.js';
import { crashPoint } from './crash-points.js';
import { failureKind } from './database-errors.js';
import type { Transaction, WorkContext } from './transaction.js';

export interface UnitOfWorkOptions {
  /** Works in one transaction, at most. */
  batchSize: number;
  /** Under load, the least time from one start to the next, unless a batch is full; it grows with what batches take. */
  paceMillis: number;
  /** A batch of this many works or more counts as load: the next one waits for its pace and grows. */
  loadFrom?: number;
  /** Transactions open at the same time. */
  lanes: number;
  /** Told after every batch: how many works it had. */
  onBatch?: (works: number) => void;
}

interface Job<X extends Transaction> {
  context: WorkContext;
  work: (tx: X) => Promise<unknown>;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

const LOAD_FROM = 4;
/** From one start to the next, in durations of the last batch: half of a stream's time is for others. */
const BREATH = 2;
const LONGEST_BREATH_MILLIS = 200;
const COLLISION_TRIES = 5;
/** For the halves of a batch that has waited for a lock in vain: who held it so long is not about to let go. */
const IMPATIENT = `SET LOCAL lock_timeout = '150ms'`;
const STALE_CONNECTIONS = 20;

/**
 * Runs works in transactions. What queued up while a transaction was running shares the next one; a batch
 * that fails is run again in halves, so that only the failing work is rejected. A work may therefore run more
 * than once: it must have no effect but through its transaction.
 */
export class UnitOfWork<X extends Transaction> {
  private readonly queue: Job<X>[] = [];
  private running = 0;
  private lastStart = 0;
  private lastSize = 0;
  private lastMillis = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly makeTransaction: (batch: Batch, context: WorkContext) => X,
    private readonly options: UnitOfWorkOptions,
  ) {}

  /** The work's value once its transaction has committed. */
  run<T>(context: WorkContext, work: (tx: X) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ context, work, resolve, reject });
      this.pump();
    });
  }

  /** Works that wait for a transaction. */
  get waiting(): number {
    return this.queue.length;
  }

  private pump(): void {
    while (this.running < this.options.lanes && this.queue.length > 0) {
      const rest = this.restOfPace();
      if (rest > 0) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.pump();
        }, rest);
        return;
      }
      this.running += 1;
      // A turn later, so that works which arrive together start together.
      setImmediate(() => void this.nextBatch());
    }
  }

  /**
   * The slower the machine has become, the longer a batch took, and the more the next one gathers: on cores that all
   * services share, ten small transactions cost more than one that does the work of all.
   */
  private restOfPace(): number {
    const { batchSize, paceMillis, loadFrom = LOAD_FROM } = this.options;
    if (this.queue.length >= batchSize) return 0;
    const breath = Math.min(BREATH * this.lastMillis, LONGEST_BREATH_MILLIS);
    const pace = this.lastSize < loadFrom ? breath : Math.max(breath, paceMillis);
    return Math.ceil(this.lastStart + pace - performance.now());
  }

  private async nextBatch(): Promise<void> {
    const jobs = this.queue.splice(0, this.options.batchSize);
    this.lastStart = performance.now();
    this.lastSize = jobs.length;
    try {
      if (jobs.length > 0) await this.execute(jobs);
    } finally {
      this.running -= 1;
      this.lastMillis = performance.now() - this.lastStart;
      this.options.onBatch?.(jobs.length);
      this.pump();
    }
  }

  private async execute(jobs: Job<X>[], impatient = false): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const settle = await this.inTransaction(async (client) => {
          if (impatient) await client.query(IMPATIENT);
          return this.together(client, jobs);
        });
        settle();
        return;
      } catch (error) {
        const kind = failureKind(error);
        if (kind === 'collision' && tries < COLLISION_TRIES) continue;
        if (jobs.length > 1 && kind !== 'connection') return this.inHalves(jobs, kind === 'locked');
        for (const job of jobs) job.reject(error);
        return;
      }
    }
  }

  /** Until the failing work stands alone: a few more transactions, each short, and none that keeps locks. */
  private async inHalves(jobs: Job<X>[], impatient: boolean): Promise<void> {
    const middle = jobs.length >> 1;
    await this.execute(jobs.slice(0, middle), impatient);
    await this.execute(jobs.slice(middle), impatient);
  }

  /** All works side by side, and then the commit. */
  private async together(client: PoolClient, jobs: Job<X>[]): Promise<() => void> {
    const batch = new Batch(client, this.dataSource);
    const values = await allDone(jobs.map((job) => job.work(this.makeTransaction(batch, job.context))));
    await batch.commit();
    return () => {
      batch.committed();
      jobs.forEach((job, i) => job.resolve(values[i] as never));
    };
  }

  private async inTransaction<T>(action: (client: PoolClient) => Promise<T>): Promise<T> {
    crashPoint('before-transaction');
    const { runner, client } = await this.begin();
    try {
      return await action(client);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined); // the first error is the one that tells
      throw error;
    } finally {
      await runner.release();
    }
  }

  /**
   * A connection that died in the pool shows at its first statement; the pool then makes a new one. BEGIN alone is
   * waited for: had it failed, each statement behind it would be a transaction of its own.
   */
  private async begin(): Promise<{ runner: QueryRunner; client: PoolClient }> {
    for (let tries = 1; ; tries++) {
      const runner = this.dataSource.createQueryRunner();
      const client = (await runner.connect()) as PoolClient;
      try {
        await client.query('BEGIN');
        return { runner, client };
      } catch (error) {
        await runner.release();
        if (tries === STALE_CONNECTIONS || failureKind(error) !== 'connection') throw error;
      }
    }
  }
}

/** Waits until every work has ended, so that none goes on in a transaction that is over; then the first error. */
async function allDone(works: Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(works);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
