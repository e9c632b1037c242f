import type { PoolClient, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import { type BatchTable, emptyTable } from './batch-table.js';
import { crashPoint } from './crash-points.js';
import { statementsOf } from './statements.js';

export type Class<T extends object = object> = new () => T;

/**
 * One open database transaction that several works share. What they ask for in one turn of the event loop
 * becomes one statement per table, and all of them see the same object for the same row, in arrival order;
 * what they write is sent set-based by `flush`. A work checks and changes without an `await` in between.
 */
export class Batch {
  private readonly tables = new Map<Class, BatchTable>();
  private readonly owner = new WeakMap<object, BatchTable>();
  private readonly commitHooks: (() => void)[] = [];
  private turn: Promise<void> | undefined;

  constructor(
    private readonly client: PoolClient,
    private readonly dataSource: DataSource,
  ) {}

  /** The row, locked for the rest of the transaction, or undefined. */
  load<T extends object>(entity: Class<T>, id: string): Promise<T | undefined> {
    const table = this.table(entity);
    let row = table.known.get(id);
    if (!row) {
      row = new Promise((resolve, reject) => table.wanted.set(id, { resolve, reject }));
      table.known.set(id, row);
      this.schedule();
    }
    return row as Promise<T | undefined>;
  }

  insert<T extends object>(entity: Class<T>, row: T): T {
    const table = this.table(entity);
    table.inserts.add(row);
    this.know(table, row);
    return row;
  }

  /** True when the row was inserted; false when its key or another unique value exists already. */
  insertIfAbsent<T extends object>(entity: Class<T>, row: T): Promise<boolean> {
    const table = this.table(entity);
    return new Promise((resolve, reject) => {
      table.claims.push({ id: table.statements.idOf(row), row, waiting: { resolve, reject } });
      this.schedule();
    });
  }

  /** Changes a row that this batch loaded or inserted. */
  set<T extends object>(row: T, changes: Partial<T>): T {
    const table = this.owner.get(row);
    if (!table) throw new Error('A row can be changed only in the transaction that loaded or inserted it');
    Object.assign(row, changes);
    if (!table.inserts.has(row)) {
      table.dirty.add(row);
      for (const property of Object.keys(changes)) table.dirtyProperties.add(property);
    }
    return row;
  }

  /** Adds to a column of a row without loading it: for rows that every work touches. Summed, and sent last. */
  add<T extends object>(entity: Class<T>, id: string, property: keyof T & string, delta: bigint): void {
    const table = this.table(entity);
    const sums = table.deltas.get(property) ?? new Map<string, bigint>();
    table.deltas.set(property, sums.set(id, (sums.get(id) ?? 0n) + delta));
  }

  /** A statement of the feature's own. What was written so far is sent before it, so that it is seen. */
  async query<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    await this.turn;
    const [, { rows }] = await Promise.all([this.flush(), this.client.query(text, values)]);
    return rows as R[];
  }

  afterCommit(hook: () => void): void {
    this.commitHooks.push(hook);
  }

  committed(): void {
    for (const hook of this.commitHooks) hook();
  }

  /**
   * Sends the gathered writes: inserts, then changes, then additions to shared rows. None waits for the one before:
   * they go over one connection in this order, and what fails makes all that follows fail.
   */
  async flush(): Promise<void> {
    await Promise.all([...this.sendInserts(), ...this.sendChanges(), ...this.sendAdditions()]);
  }

  /** Sends what is left and the COMMIT right behind it: after a statement that failed, COMMIT undoes everything. */
  async commit(): Promise<void> {
    const additions = [...this.tables.values()].some(({ deltas }) => deltas.size > 0);
    const written = this.flush();
    if (additions) await written; // whether the rows to add to are there is known by their count alone
    crashPoint('before-commit');
    await Promise.all([written, this.client.query('COMMIT')]);
  }

  private sendInserts(): Promise<unknown>[] {
    return [...this.tables.values()].flatMap((table) => {
      if (table.inserts.size === 0) return [];
      const rows = [...table.inserts];
      table.inserts.clear();
      return this.client.query(table.statements.insert(rows));
    });
  }

  private sendChanges(): Promise<unknown>[] {
    return [...this.tables.values()].flatMap((table) => {
      if (table.dirty.size === 0) return [];
      const update = table.statements.update([...table.dirty], table.dirtyProperties);
      table.dirty.clear();
      table.dirtyProperties.clear();
      return this.client.query(update);
    });
  }

  private sendAdditions(): Promise<unknown>[] {
    return [...this.tables.values()].flatMap((table) => {
      const pending = [...table.deltas];
      table.deltas.clear();
      return pending.map(async ([property, deltas]) => {
        const { rowCount } = await this.client.query(table.statements.add(property, deltas));
        if (rowCount !== deltas.size)
          throw new Error(`${table.statements.tableName}: a row to add to is missing`);
      });
    });
  }

  /** After every microtask of this turn has run, so that all works have said what they want. */
  private schedule(): void {
    this.turn ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.turn = undefined;
      return this.answerTurn();
    });
  }

  /** All that this turn asked for is sent at once: claims before loads, which may ask for the same rows. */
  private async answerTurn(): Promise<void> {
    const asked = [...this.tables.values()]
      .map((table) => ({ table, claims: table.claims.splice(0), wanted: new Map(table.wanted) }))
      .filter(({ claims, wanted }) => claims.length > 0 || wanted.size > 0);
    for (const { table } of asked) table.wanted.clear();
    try {
      const claimed = asked.map(({ table, claims }) => this.sendClaims(table, claims));
      const loaded = asked.map(({ table, wanted }) => this.sendLoads(table, wanted));
      const [inserted, found] = await Promise.all([Promise.all(claimed), Promise.all(loaded)]);
      const answers = asked.flatMap(({ table, claims, wanted }, i) => {
        const won = new Map<string, object>();
        return [
          ...this.answerClaims(table, claims, inserted[i]!, won),
          ...this.answerLoads(table, wanted, found[i]!, won),
        ];
      });
      for (const answer of answers) answer();
    } catch (error) {
      for (const { claims, wanted } of asked) {
        for (const claim of claims) claim.waiting.reject(error);
        for (const waiting of wanted.values()) waiting.reject(error);
      }
    }
  }

  /** The keys that were not there before. */
  private async sendClaims({ statements }: BatchTable, claims: BatchTable['claims']): Promise<Set<string>> {
    if (claims.length === 0) return new Set();
    // In key order, so that two batches which claim the same keys do not wait for each other.
    const inKeyOrder = [...claims].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    const statement = statements.insertIfAbsent(inKeyOrder.map(({ row }) => row));
    const { rows }: QueryResult<{ key: unknown }> = await this.client.query(statement);
    return new Set(rows.map(({ key }) => String(key)));
  }

  private async sendLoads({ statements }: BatchTable, wanted: BatchTable['wanted']): Promise<object[]> {
    if (wanted.size === 0) return [];
    const statement = statements.selectForUpdate([...wanted.keys()]);
    const { rows }: QueryResult<Record<string, unknown>> = await this.client.query(statement);
    return rows.map((raw) => statements.hydrate(raw));
  }

  private answerClaims(
    table: BatchTable,
    claims: BatchTable['claims'],
    inserted: Set<string>,
    won: Map<string, object>,
  ): (() => void)[] {
    return claims.map(({ id, row, waiting }) => {
      const first = inserted.delete(id);
      if (!first) {
        if (table.absent.delete(id)) table.known.delete(id); // it is there now; the next load finds it
        return () => waiting.resolve(false);
      }
      this.know(table, row);
      won.set(id, row);
      return () => waiting.resolve(true);
    });
  }

  /** `won` are rows inserted in this same turn: their loaders get that object, a second one would hide its changes. */
  private answerLoads(
    table: BatchTable,
    wanted: BatchTable['wanted'],
    rows: object[],
    won: ReadonlyMap<string, object>,
  ): (() => void)[] {
    const found = new Map<string, object>();
    for (const row of rows) {
      this.owner.set(row, table);
      found.set(table.statements.idOf(row), row);
    }
    for (const [id, row] of won) found.set(id, row);
    for (const id of wanted.keys()) if (!found.has(id)) table.absent.add(id);
    return [...wanted].map(
      ([id, waiting]) =>
        () =>
          waiting.resolve(found.get(id)),
    );
  }

  private know(table: BatchTable, row: object): void {
    this.owner.set(row, table);
    const id = table.statements.idOf(row);
    table.absent.delete(id);
    table.known.set(id, Promise.resolve(row));
  }

  private table(entity: Class): BatchTable {
    let table = this.tables.get(entity);
    if (!table) this.tables.set(entity, (table = emptyTable(statementsOf(this.dataSource, entity))));
    return table;
  }
}
