import pg from 'pg';
import { SERVICES } from '#contracts';
import { inspectorUrl, withOptions } from '#persistence';
import { type Invariant, type InvariantResult, SHOWN } from './invariant.js';

/** Beside a working system: one core at most, a few hundred thousand rows sorted in memory, and an end. */
const SERVER_OPTIONS =
  '-c statement_timeout=120000 -c jit=off -c work_mem=32MB -c max_parallel_workers_per_gather=0';

/** What every service still has of its outbox and inbox; older events are compared with nothing. */
const REMEMBER = `SELECT set_config('wattline.remembered_from', max(events_from::text COLLATE "C"), false)
  FROM (${SERVICES.map((service) => `SELECT events_from FROM ${service}.kept`).join(' UNION ALL ')}) AS kept`;

/** All six schemas at one moment, read by the inspector, who can change nothing. */
export class Snapshot {
  private constructor(
    private readonly client: pg.Client,
    /** The moment, by the database's clock. */
    readonly at: Date,
  ) {}

  /**
   * Whoever consumes an event does so after its publisher has committed, so a snapshot that shows the effect
   * shows the cause: what must hold at any moment holds in it, however busy the system is.
   */
  static async take<T>(databaseUrl: string, look: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const client = new pg.Client({
      connectionString: withOptions(inspectorUrl(databaseUrl), SERVER_OPTIONS),
      application_name: 'wattline invariants',
      connectionTimeoutMillis: 5_000,
      query_timeout: 130_000, // also when the server has gone silent
    });
    client.on('error', () => undefined); // the statement that is under way reports it
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(REMEMBER);
      const { rows } = await client.query<{ at: Date }>('SELECT now() AS at');
      return await look(new Snapshot(client, rows[0]!.at));
    } finally {
      await client.end();
    }
  }

  async rows<R extends object>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await this.client.query<R>(sql, values)).rows;
  }

  async check(invariant: Invariant, settled: boolean): Promise<InvariantResult> {
    const { id, says, counted } = invariant;
    const violations: string[] = [];
    let found = 0;
    for (const { rule, sql } of invariant.rules(settled)) {
      // The sentence goes along, so that the server's own lists say what is being looked for.
      const rows = await this.rows<{ what: string; found: number }>(
        `/* ${id}: ${rule} */
         SELECT what, (count(*) OVER ())::int AS found FROM (${sql}) AS violation ORDER BY what LIMIT ${SHOWN}`,
      );
      violations.push(...rows.map((row) => row.what));
      found += rows[0]?.found ?? 0;
    }
    const [numbers] = await this.rows<Record<string, string | number>>(counted);
    return resultOf(id, says, violations, { ...numbersOf(numbers), violations: found });
  }
}

export function resultOf(
  id: InvariantResult['id'],
  says: string,
  violations: string[],
  counted: InvariantResult['counted'] & { violations: number },
): InvariantResult {
  return { id, holds: counted.violations === 0, says, violations: violations.slice(0, SHOWN), counted };
}

function numbersOf(row: Record<string, string | number> | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
}
