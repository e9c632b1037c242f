import type { PoolClient, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import { type Statements, statementsOf } from './statements.js';

export type Class<T extends object = object> = new () => T;

interface Waiting<V> {
  resolve: (value: V) => void;
  reject: (error: unknown) => void;
}

interface Table {
  statements: Statements;
  /** The identity map: one promise, and so one object, per row that anybody asked for or inserted. */
  known: Map<string, Promise<object | undefined>>;
  wanted: Map<string, Waiting<object | undefined>>;
  /** Keys that a load did not find. Somebody else may insert them meanwhile: a claim that is lost says so. */
  absent: Set<string>;
  claims: { id: string; row: object; waiting: Waiting<boolean> }[];
  inserts: Set<object>;
  dirty: Set<object>;
  dirtyProperties: Set<string>;
  deltas: Map<string, Map<string, bigint>>;
}

/**
 * One open database transaction that several works share. What they ask for in one turn of the event loop
 * becomes one statement per table, and all of them see the same object for the same row, in arrival order;
 * what they write is sent set-based by `flush`. A work checks and changes without an `await` in between.
 */
export class Batch {
  private readonly tables = new Map<Class, Table>();
  private readonly owner = new WeakMap<object, Table>();
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

  /** A statement of the feature's own. What was written so far is sent first, so that it is seen. */
  async query<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    await this.turn;
    await this.flush();
    const { rows } = await this.client.query(text, values);
    return rows as R[];
  }

  afterCommit(hook: () => void): void {
    this.commitHooks.push(hook);
  }

  committed(): void {
    for (const hook of this.commitHooks) hook();
  }

  /** Sends the gathered writes: inserts, then changes, then additions to shared rows. */
  async flush(): Promise<void> {
    for (const table of this.tables.values()) {
      if (table.inserts.size === 0) continue;
      const rows = [...table.inserts];
      table.inserts.clear();
      await this.client.query(table.statements.insert(rows));
    }
    for (const table of this.tables.values()) {
      if (table.dirty.size === 0) continue;
      const update = table.statements.update([...table.dirty], table.dirtyProperties);
      table.dirty.clear();
      table.dirtyProperties.clear();
      await this.client.query(update);
    }
    await this.flushDeltas();
  }

  private async flushDeltas(): Promise<void> {
    for (const table of this.tables.values()) {
      const pending = [...table.deltas];
      table.deltas.clear();
      for (const [property, deltas] of pending) {
        const { rowCount } = await this.client.query(table.statements.add(property, deltas));
        if (rowCount !== deltas.size)
          throw new Error(`${table.statements.tableName}: a row to add to is missing`);
      }
    }
  }

  /** After every microtask of this turn has run, so that all works have said what they want. */
  private schedule(): void {
    this.turn ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.turn = undefined;
      return this.answerTurn();
    });
  }

  private async answerTurn(): Promise<void> {
    const answers: (() => void)[] = [];
    const tables = [...this.tables.values()]
      .map((table) => ({
        table,
        claims: table.claims.splice(0),
        wanted: new Map(table.wanted),
        won: new Map<string, object>(),
      }))
      .filter(({ claims, wanted }) => claims.length > 0 || wanted.size > 0);
    for (const { table } of tables) table.wanted.clear();
    try {
      for (const { table, claims, won } of tables) {
        if (claims.length > 0) answers.push(...(await this.answerClaims(table, claims, won)));
      }
      for (const { table, wanted, won } of tables) {
        if (wanted.size > 0) answers.push(...(await this.answerLoads(table, wanted, won)));
      }
    } catch (error) {
      for (const { claims, wanted } of tables) {
        for (const claim of claims) claim.waiting.reject(error);
        for (const waiting of wanted.values()) waiting.reject(error);
      }
      return;
    }
    for (const answer of answers) answer();
  }

  private async answerClaims(
    table: Table,
    claims: Table['claims'],
    won: Map<string, object>,
  ): Promise<(() => void)[]> {
    // In key order, so that two batches which claim the same keys do not wait for each other.
    const inKeyOrder = [...claims].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    const statement = table.statements.insertIfAbsent(inKeyOrder.map(({ row }) => row));
    const result: QueryResult<{ key: unknown }> = await this.client.query(statement);
    const inserted = new Set(result.rows.map(({ key }) => String(key)));
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
  private async answerLoads(
    table: Table,
    wanted: Table['wanted'],
    won: ReadonlyMap<string, object>,
  ): Promise<(() => void)[]> {
    const result: QueryResult<Record<string, unknown>> = await this.client.query(
      table.statements.selectForUpdate([...wanted.keys()]),
    );
    const found = new Map<string, object>();
    for (const raw of result.rows) {
      const row = table.statements.hydrate(raw);
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

  private know(table: Table, row: object): void {
    this.owner.set(row, table);
    const id = table.statements.idOf(row);
    table.absent.delete(id);
    table.known.set(id, Promise.resolve(row));
  }

  private table(entity: Class): Table {
    let table = this.tables.get(entity);
    if (!table) {
      table = {
        statements: statementsOf(this.dataSource, entity),
        known: new Map(),
        wanted: new Map(),
        absent: new Set(),
        claims: [],
        inserts: new Set(),
        dirty: new Set(),
        dirtyProperties: new Set(),
        deltas: new Map(),
      };
      this.tables.set(entity, table);
    }
    return table;
  }
}
