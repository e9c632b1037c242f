import pg from 'pg';

/** Everybody who prepares a database of this cluster takes this lock: roles belong to the whole cluster. */
const PREPARE_LOCK = 7_316_001;
const INSPECTOR = 'wattline_inspector';

/** The role under which a service works; it owns its own schema and can read no other. */
export function roleOf(schema: string): string {
  return `wattline_${schema}`;
}

/**
 * Makes one schema and one NOLOGIN role for each service, and the inspector, who may read all of them (for
 * the invariant checks). The login of `url` needs CREATEROLE and CREATE on the database. Repeatable.
 */
export async function prepareSchemas(url: string, schemas: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'wattline prepare' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PREPARE_LOCK]);
    await createRole(client, INSPECTOR);
    for (const schema of schemas) {
      const role = roleOf(schema);
      await createRole(client, role);
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${role}`);
      await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${INSPECTOR}`);
      await client.query(
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${role} IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${INSPECTOR}`,
      );
    }
  } finally {
    await client.end();
  }
}

async function createRole(client: pg.Client, role: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${role} NOLOGIN`);
  await client.query(`GRANT ${role} TO CURRENT_USER`);
}

/** The connection string for reading all schemas, and writing none. */
export function inspectorUrl(url: string): string {
  return withOptions(url, `-c role=${INSPECTOR} -c default_transaction_read_only=on`);
}

/** Adds server options (`-c name=value`) to a connection string. */
export function withOptions(url: string, options: string): string {
  const parsed = new URL(url);
  const before = parsed.searchParams.get('options');
  parsed.searchParams.set('options', before ? `${before} ${options}` : options);
  return parsed.toString();
}
