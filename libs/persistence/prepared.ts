import type { Pool, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { named } from './statements.js';

/**
 * A statement outside every transaction that runs many times a second: planned once per connection. Planning costs
 * several times what the statement does.
 */
export async function runPrepared<R extends object>(
  dataSource: DataSource,
  text: string,
  values: unknown[],
): Promise<R[]> {
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  const { rows }: QueryResult<R> = await pool.query<R>(named(text, values));
  return rows;
}
