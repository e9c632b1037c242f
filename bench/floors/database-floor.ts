import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { COMMITS, preparation } from './payment-statements.js';

export interface DatabaseFloor {
  /** Payments a second. */
  perSecond: number;
  by: 'pgbench' | 'a bare pg loop';
}

const BILLS = 400_000;
const CLIENTS = { alone: 32, together: 4 };
/** Not counted: until everybody is connected and has its plans. */
const WARM_SECONDS = 3;

/**
 * The statements of S2 and nothing else, in as many commits: one payment in each of them, 32 at a time; or a hundred
 * payments in each, 4 at a time. The database was migrated by Wattline and is used for this alone.
 */
export async function databaseFloor(
  databaseUrl: string,
  together: number,
  seconds: number,
): Promise<DatabaseFloor> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`CREATE SEQUENCE IF NOT EXISTS floor_${together} MINVALUE 0`);
    const { rows } = await client.query<{ fresh: boolean }>(
      `SELECT NOT is_called AS fresh FROM floor_${together}`,
    );
    const from = firstOf(together);
    if (rows[0]!.fresh) await client.query(preparation(from, from + BILLS));
  } finally {
    await client.end();
  }
  const clients = together === 1 ? CLIENTS.alone : CLIENTS.together;
  const hasPgbench = spawnSync('pgbench', ['--version']).status === 0;
  const batches = hasPgbench
    ? await byPgbench(databaseUrl, together, seconds, clients)
    : await byLoop(databaseUrl, together, seconds, clients);
  return { perSecond: batches * together, by: hasPgbench ? 'pgbench' : 'a bare pg loop' };
}

/** Payments of the two kinds have numbers of their own. */
const firstOf = (together: number) => together * 10_000_000;
const NUMBER = (together: number) =>
  `SELECT ${firstOf(together)} + nextval('floor_${together}') * ${together} AS k`;

async function byPgbench(url: string, together: number, seconds: number, clients: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'wattline-floor-'));
  const script = join(folder, 'payment.sql');
  const lines = COMMITS.flatMap(({ statements }) => [
    'BEGIN;',
    ...statements.map((it) => `${oneLine(it)};`),
    'COMMIT;',
  ]);
  writeFileSync(script, [`\\set n ${together}`, `${NUMBER(together)} \\gset`, ...lines, ''].join('\n'));
  try {
    const args = [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(clients),
      '-j',
      '2',
      '-T',
      String(WARM_SECONDS + seconds),
      '-P',
      '1',
      '-f',
      script,
      url,
    ];
    const { stderr } = await promisify(execFile)('pgbench', args);
    const counted = [...stderr.matchAll(/ ([\d.]+) tps/g)].slice(WARM_SECONDS).map(([, tps]) => Number(tps));
    if (counted.length === 0) throw new Error(`pgbench said: ${stderr}`);
    return counted.reduce((sum, tps) => sum + tps, 0) / counted.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function byLoop(url: string, together: number, seconds: number, clients: number): Promise<number> {
  let batches = 0;
  const started = performance.now() + WARM_SECONDS * 1_000;
  const one = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    while (performance.now() - started < seconds * 1_000) {
      const { rows } = await client.query<{ k: string }>(NUMBER(together));
      for (const { name, statements } of COMMITS) {
        await client.query('BEGIN');
        for (const [i, text] of statements.entries())
          await client.query({ name: `${name} ${i}`, ...bound(text, rows[0]!.k, together) });
        await client.query('COMMIT');
      }
      if (performance.now() >= started) batches += 1;
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: clients }, one));
  return batches / ((performance.now() - started) / 1_000);
}

function bound(text: string, k: string, n: number): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const place = (value: unknown) =>
    `$${values.includes(value) ? values.indexOf(value) + 1 : values.push(value)}`;
  return { text: text.replaceAll(':k', () => place(k)).replaceAll(':n', () => place(n)), values };
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
