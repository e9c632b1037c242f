import { createHash } from 'node:crypto';
import type { DataSource, EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { arrayLiteral } from './array-literal.js';

export interface Statement {
  /** Prepared once per connection under this name. */
  name: string;
  text: string;
  values: unknown[];
}

/** The set-based statements of one table, built from its TypeORM entity. Each takes one array per column. */
export class Statements {
  readonly key: ColumnMetadata;
  private readonly path: string;

  constructor(
    private readonly metadata: EntityMetadata,
    private readonly typeOf: (column: ColumnMetadata) => string,
  ) {
    const [key, ...others] = metadata.primaryColumns;
    if (!key || others.length > 0) throw new Error(`${metadata.name} needs exactly one primary column`);
    this.key = key;
    this.path = metadata.tablePath
      .split('.')
      .map((part) => `"${part}"`)
      .join('.');
  }

  get tableName(): string {
    return this.path;
  }

  idOf(row: object): string {
    return String(this.key.getEntityValue(row));
  }

  /** Rows by key, locked in key order so that two batches cannot wait for each other on this table. */
  selectForUpdate(ids: string[]): Statement {
    const columns = this.metadata.columns.map((c) => `"${c.databaseName}"`).join(', ');
    const key = `"${this.key.databaseName}"`;
    return named(
      `SELECT ${columns} FROM ${this.path} WHERE ${key} = ANY($1::${this.typeOf(this.key)}[]) ORDER BY ${key} FOR UPDATE`,
      [arrayLiteral(ids)],
    );
  }

  insert(rows: object[]): Statement {
    return this.insertWith(rows, '');
  }

  /** Inserts what is not there yet and returns the keys that were inserted. */
  insertIfAbsent(rows: object[]): Statement {
    return this.insertWith(rows, ` ON CONFLICT DO NOTHING RETURNING "${this.key.databaseName}" AS key`);
  }

  update(rows: object[], properties: ReadonlySet<string>): Statement {
    const columns = this.metadata.columns.filter((c) => properties.has(c.propertyName) && !c.isPrimary);
    const all = [this.key, ...columns];
    const key = `"${this.key.databaseName}"`;
    const sets = columns.map((c) => `"${c.databaseName}" = v."${c.databaseName}"`).join(', ');
    // The keys twice: a plan made while the table was empty would otherwise read the whole table for ever after.
    return named(
      `UPDATE ${this.path} t SET ${sets} FROM ${this.unnest(all)}
       WHERE t.${key} = v.${key} AND t.${key} = ANY($1::${this.typeOf(this.key)}[])`,
      this.arrays(rows, all),
    );
  }

  /** Adds to a numeric column of rows that nobody in this batch has loaded; locks them in key order first. */
  add(property: string, deltas: ReadonlyMap<string, bigint>): Statement {
    const column = this.metadata.columns.find((c) => c.propertyName === property);
    if (!column) throw new Error(`${this.metadata.name} has no ${property}`);
    const key = `"${this.key.databaseName}"`;
    const type = this.typeOf(this.key);
    return named(
      `WITH locked AS (SELECT ${key} FROM ${this.path} WHERE ${key} = ANY($1::${type}[]) ORDER BY ${key} FOR UPDATE)
       UPDATE ${this.path} t SET "${column.databaseName}" = t."${column.databaseName}" + v.delta
       FROM locked, unnest($1::${type}[], $2::bigint[]) AS v(key, delta)
       WHERE t.${key} = locked.${key} AND v.key = locked.${key}`,
      [arrayLiteral([...deltas.keys()]), arrayLiteral([...deltas.values()])],
    );
  }

  hydrate(raw: Record<string, unknown>): object {
    const row = this.metadata.create() as Record<string, unknown>;
    for (const column of this.metadata.columns) {
      const value = raw[column.databaseName];
      row[column.propertyName] = isTransformer(column.transformer) ? column.transformer.from(value) : value;
    }
    return row;
  }

  private insertWith(rows: object[], ending: string): Statement {
    const columns = this.metadata.columns.filter((c) => !c.isGenerated);
    const names = columns.map((c) => `"${c.databaseName}"`).join(', ');
    return named(
      `INSERT INTO ${this.path} (${names}) SELECT ${names} FROM ${this.unnest(columns)}${ending}`,
      this.arrays(rows, columns),
    );
  }

  private unnest(columns: ColumnMetadata[]): string {
    const arrays = columns.map((c, i) => `$${i + 1}::${this.typeOf(c)}[]`).join(', ');
    return `unnest(${arrays}) AS v(${columns.map((c) => `"${c.databaseName}"`).join(', ')})`;
  }

  private arrays(rows: object[], columns: ColumnMetadata[]): string[] {
    return columns.map((column) =>
      arrayLiteral(rows.map((row) => valueOf(column, row as Record<string, unknown>))),
    );
  }
}

function valueOf(column: ColumnMetadata, row: Record<string, unknown>): unknown {
  const value = row[column.propertyName];
  if (value === undefined || value === null) return null;
  if (isTransformer(column.transformer)) return column.transformer.to(value);
  return column.type === 'jsonb' ? JSON.stringify(value) : value;
}

interface Transformer {
  from(value: unknown): unknown;
  to(value: unknown): unknown;
}

function isTransformer(transformer: unknown): transformer is Transformer {
  return typeof transformer === 'object' && transformer !== null && 'from' in transformer;
}

const names = new Map<string, string>();

/** For texts that are written in the code; one that is put together anew each time would fill the memory. */
export function named(text: string, values: unknown[]): Statement {
  let name = names.get(text);
  if (!name) names.set(text, (name = createHash('sha1').update(text).digest('base64url').slice(0, 20)));
  return { name, text, values };
}

const statementsBySource = new WeakMap<DataSource, Map<new () => object, Statements>>();

/** The statements of an entity's table, made once per data source. */
export function statementsOf(dataSource: DataSource, entity: new () => object): Statements {
  let known = statementsBySource.get(dataSource);
  if (!known) statementsBySource.set(dataSource, (known = new Map<new () => object, Statements>()));
  let statements = known.get(entity);
  if (!statements) {
    statements = new Statements(dataSource.getMetadata(entity), (column) =>
      dataSource.driver.normalizeType(column),
    );
    known.set(entity, statements);
  }
  return statements;
}
