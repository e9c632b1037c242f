import type { Batch, Class } from './batch.js';

/** Where a work comes from; it is written into every event that the work publishes. */
export interface WorkContext {
  correlationId: string;
  /** The id of the event that is being handled. */
  causationId?: string;
  traceparent?: string;
}

/** A work's own view of the transaction that it shares with the other works of its batch. */
export class Transaction {
  constructor(
    protected readonly batch: Batch,
    readonly context: WorkContext,
  ) {}

  /**
   * The row, locked until the commit, or undefined. All works of a batch get the same object, and who arrived first
   * goes on first: one that waits for the same rows as another, by `load` or by `get`, takes as many ticks.
   */
  load<T extends object>(entity: Class<T>, id: string): Promise<T | undefined> {
    return this.batch.load(entity, id).then((row) => row);
  }

  /** As `load`, for a row that must be there. */
  get<T extends object>(entity: Class<T>, id: string): Promise<T> {
    return this.batch.load(entity, id).then((row) => {
      if (!row) throw new Error(`${entity.name} ${id} is missing`);
      return row;
    });
  }

  insert<T extends object>(entity: Class<T>, row: T): T {
    return this.batch.insert(entity, row);
  }

  insertIfAbsent<T extends object>(entity: Class<T>, row: T): Promise<boolean> {
    return this.batch.insertIfAbsent(entity, row);
  }

  set<T extends object>(row: T, changes: Partial<T>): T {
    return this.batch.set(row, changes);
  }

  add<T extends object>(entity: Class<T>, id: string, property: keyof T & string, delta: bigint): void {
    this.batch.add(entity, id, property, delta);
  }

  query<R extends object>(text: string, values?: unknown[]): Promise<R[]> {
    return this.batch.query<R>(text, values);
  }

  /** Runs when, and only when, the transaction has committed. Must not throw. */
  afterCommit(hook: () => void): void {
    this.batch.afterCommit(hook);
  }
}
