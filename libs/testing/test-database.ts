import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  /** Rows of a query as the superuser, who sees every schema. */
  rows<R extends object = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

/** Templates are made one after the other, also by different test processes. */
const TEMPLATE_LOCK = 7_316_002;

/**
 * A database of one's own, cloned from a template that `prepare` migrates once per test run. `template`
 * names what is in it.
 */
export async function createTestDatabase(
  template: string,
  prepare: (url: string) => Promise<void>,
): Promise<TestDatabase> {
  const server = process.env.WATTLINE_TEST_PG;
  if (!server)
    throw new Error('WATTLINE_TEST_PG is missing: tests run through `npm test`, which starts PostgreSQL');
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  const templateName = `template_${template}`;
  const name = `test_${randomBytes(6).toString('hex')}`;
  try {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [templateName]);
    if (rowCount === 0)
      await makeTemplate(admin, templateName, (database) => prepare(urlFor(server, database)));
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${templateName} STRATEGY wal_log`);
  } finally {
    await admin.end();
  }
  return open(server, name);
}

async function makeTemplate(
  admin: pg.Client,
  name: string,
  prepare: (name: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${name}_unfinished`;
  await admin.query(`DROP DATABASE IF EXISTS ${unfinished}`);
  await admin.query(`CREATE DATABASE ${unfinished}`);
  await prepare(unfinished);
  await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
}

function open(server: string, name: string): TestDatabase {
  const url = urlFor(server, name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // the server was stopped by a test; the next query reports it
  return {
    url,
    rows: async <R extends object>(sql: string, values: unknown[] = []) =>
      (await pool.query<R>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      const admin = new pg.Client({ connectionString: server });
      await admin.connect();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

function urlFor(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}
