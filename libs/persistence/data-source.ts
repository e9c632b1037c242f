import { Socket } from 'node:net';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import type { Class } from './batch.js';
import { prepareSchemas, roleOf, withOptions } from './schemas.js';

export type MigrationClass = new () => MigrationInterface;

export interface DataSourceOptions {
  url: string;
  /** The service's name, which is the name of its schema. */
  schema: string;
  entities: Class[];
  migrations: MigrationClass[];
  /** Connections of this service: a handful is best, 16 to 32 for a whole machine. */
  poolSize: number;
}

/** How PostgreSQL's values come back: bigint as bigint, a date as its text, never as a local midnight. */
const PARSERS: Record<number, (text: string) => unknown> = {
  [pg.types.builtins.INT8]: BigInt,
  [pg.types.builtins.DATE]: (text) => text,
};

export const typeParsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    PARSERS[oid] ?? (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format),
};

/** The pool closes what it does not need before the socket would take it for dead. */
const IDLE_MILLIS = 8_000;
/** PostgreSQL answers each statement within its `statement_timeout` of 5 s, if only to say that it took too long. */
const SILENT_MILLIS = 10_000;

/**
 * A connection over which nothing comes back is dead, whatever TCP still hopes (for a quarter of an hour): whoever
 * waits for it is told so, and the pool makes a new one. What is written to it in one turn of the event loop leaves
 * in one system call.
 */
class DatabaseSocket extends Socket {
  constructor() {
    super();
    this.setTimeout(SILENT_MILLIS, () => {
      this.destroy(Object.assign(new Error('PostgreSQL has gone silent'), { code: 'ETIMEDOUT' }));
    });
  }

  /** The driver corks each statement; this one waits for the others of the same turn. */
  override uncork(): void {
    process.nextTick(() => super.uncork());
  }
}

/** Opens the data source of one service under its own role, in its own schema, and migrates it. */
export async function openDataSource(options: DataSourceOptions): Promise<DataSource> {
  await prepareSchemas(options.url, [options.schema]);
  // Statements are prepared once, often while the tables are empty, and keep the plan that was good then: reading the
  // whole table. Each of ours has an index for what it asks, so that plan is made dear (measured: a third more payments).
  // A lock is waited for longer than PostgreSQL takes to see a deadlock (1 s): a deadlock is run again, a wait is not.
  const dataSource = new DataSource({
    type: 'postgres',
    url: withOptions(
      options.url,
      `-c role=${roleOf(options.schema)} -c search_path=${options.schema}` +
        ' -c enable_seqscan=off' +
        ' -c statement_timeout=5000 -c lock_timeout=1500 -c idle_in_transaction_session_timeout=10000',
    ),
    schema: options.schema,
    entities: options.entities,
    migrations: options.migrations,
    migrationsTransactionMode: 'each',
    installExtensions: false,
    applicationName: `wattline ${options.schema}`,
    extra: {
      max: options.poolSize,
      types: typeParsers,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: IDLE_MILLIS,
      keepAlive: true,
      stream: () => new DatabaseSocket(),
      // A transaction sends what it knows already, and does not wait for each answer before the next statement.
      pipeline: true,
    },
    poolErrorHandler: () => undefined, // a dead idle connection is replaced; the statement that needs one reports it
  });
  await dataSource.initialize();
  await migrate(dataSource, options.schema);
  return dataSource;
}

/** One migrator at a time per schema: several instances of a service may start together. */
async function migrate(dataSource: DataSource, schema: string): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock(hashtext($1))', [`wattline migrate ${schema}`]);
    await dataSource.runMigrations();
  } finally {
    // A connection that died holds no lock any more, and what killed it is the error to tell.
    await runner.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await runner.release();
  }
}
