import pg from 'pg';

/**
 * Notes in the database every change of a state, by triggers of its own. The system does not know of it, so it
 * tells also of what the system itself would have forgotten: a state that was left although it is final.
 */
const WITNESSED: { table: string; column: string; final: string[]; never: [from: string, to: string][] }[] = [
  {
    table: 'payment.payments',
    column: 'status',
    final: ['FAILED', 'REFUNDED'],
    never: [['PAID', 'PENDING'], ['PAID', 'PROCESSING'], ['PAID', 'FAILED'], ['PROCESSING', 'PENDING']], // prettier-ignore
  },
  { table: 'billing.bills', column: 'status', final: ['paid', 'cancelled'], never: [] },
  { table: 'wallet.holds', column: 'state', final: ['captured', 'released', 'refused'], never: [] },
  {
    table: 'notification.messages',
    column: 'state',
    final: ['delivered', 'undelivered', 'failed'],
    never: [['sent', 'sending'], ['sent', 'queued'], ['sending', 'queued']], // prettier-ignore
  },
];

export async function installWitness(databaseUrl: string): Promise<void> {
  await ask(
    databaseUrl,
    `CREATE SCHEMA witness;
     CREATE TABLE witness.moves (place text, id text, was text, became text);
     CREATE FUNCTION witness.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN
       INSERT INTO witness.moves VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, NEW.id::text,
         to_jsonb(OLD) ->> TG_ARGV[0], to_jsonb(NEW) ->> TG_ARGV[0]);
       RETURN NULL;
     END $$;
     GRANT USAGE ON SCHEMA witness TO PUBLIC;`,
  );
  for (const { table, column } of WITNESSED)
    await ask(
      databaseUrl,
      `CREATE TRIGGER witness AFTER UPDATE ON ${table} FOR EACH ROW
       WHEN (OLD.${column} IS DISTINCT FROM NEW.${column}) EXECUTE FUNCTION witness.note('${column}')`,
    );
}

/** Moves that must never be, one line each. */
export async function forbiddenMoves(databaseUrl: string): Promise<string[]> {
  const wrong = WITNESSED.map(({ table, final, never }) => {
    const list = (values: string[]) => `(${values.map((value) => `'${value}'`).join(', ')})`;
    const pairs = never.map(([from, to]) => `('${from}', '${to}')`).join(', ');
    return `(place = '${table}' AND (was IN ${list(final)}${pairs ? ` OR (was, became) IN (${pairs})` : ''}))`;
  });
  const rows = await ask<{ what: string }>(
    databaseUrl,
    `SELECT place || ' ' || id || ' went from ' || was || ' to ' || became AS what
     FROM witness.moves WHERE ${wrong.join(' OR ')} LIMIT 20`,
  );
  return rows.map(({ what }) => what);
}

/** One question, on a connection of its own: the database may have been away since the last one. */
export async function ask<R extends object>(
  databaseUrl: string,
  text: string,
  values: unknown[] = [],
): Promise<R[]> {
  return connected(databaseUrl, async (client) => (await client.query<R>(text, values)).rows);
}

export async function connected<T>(
  databaseUrl: string,
  action: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the question that is under way reports it
  try {
    await client.connect();
    return await action(client);
  } finally {
    await client.end();
  }
}
