import type { DataSource, EntityManager } from 'typeorm';

type Queryable = Pick<DataSource, 'query'> | EntityManager;

export interface Range {
  name: string;
  lowest: string;
  above: string;
}

/** Names of the partitions of a table in the service's own schema, but the one for the rest. */
export async function partitionNames(database: Queryable, table: string): Promise<string[]> {
  const rows = await database.query<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = to_regclass($1) AND c.relname <> $2 ORDER BY 1`,
    [table, restOf(table)],
  );
  return rows.map(({ name }) => name);
}

/**
 * Adds a partition. What already lies in its range stands in the partition for the rest, and moves: so it
 * does not matter when the housekeeping last ran, nor whose clock was wrong.
 */
export async function addPartition(
  manager: EntityManager,
  table: string,
  key: string,
  { name, lowest, above }: Range,
): Promise<void> {
  await manager.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await manager.query(
    `WITH moved AS (DELETE FROM ${restOf(table)} WHERE ${key} >= '${lowest}' AND ${key} < '${above}' RETURNING *)
     INSERT INTO ${name} SELECT * FROM moved`,
  );
  await manager.query(
    `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${lowest}') TO ('${above}')`,
  );
}

/** Takes a partition away; rows for which `keep` holds go on living in the partition for the rest. */
export async function dropPartition(
  manager: EntityManager,
  table: string,
  name: string,
  keep?: string,
): Promise<void> {
  await manager.query(`ALTER TABLE ${table} DETACH PARTITION ${name}`);
  if (keep) await manager.query(`INSERT INTO ${table} SELECT * FROM ${name} WHERE ${keep}`);
  await manager.query(`DROP TABLE ${name}`);
}

/** The partition that takes what no other one takes. */
export function restOf(table: string): string {
  return `${table}_rest`;
}
