import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { isAlive } from './process-identity.js';

const settings = { fsync: 'off', shared_buffers: '16MB' };

describe('embedded PostgreSQL', () => {
  let folder: string;
  let postgres: EmbeddedPostgres | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wattline-postgres-'));
  });

  afterEach(async () => {
    await postgres?.stop();
    postgres = undefined;
    await removeEmbeddedPostgres(folder);
  });

  it('starts, answers, keeps its data and its port, and leaves no process', async () => {
    postgres = await startEmbeddedPostgres({ folder, settings });
    const first = postgres;
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await query(first.url, `SELECT upper('é') AS up, current_setting('timezone') AS zone`)).toEqual([
      { up: 'É', zone: 'UTC' },
    ]);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    postgres = await startEmbeddedPostgres({ folder, settings });
    expect(postgres.url).toBe(first.url);
    expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await postgres.stop();
    expect(isAlive(postgres.pid)).toBe(false);
  });

  it('takes over what a killed Node left running', async () => {
    const left = await startAndBeKilled(folder);
    expect(isAlive(left.pid)).toBe(true);

    postgres = await startEmbeddedPostgres({ folder, settings });
    expect(postgres.pid).toBe(left.pid);
    expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await postgres.stop();
    expect(isAlive(left.pid)).toBe(false);
  });

  it('moves what a killed Node left running to the port asked for', async () => {
    const left = await startAndBeKilled(folder);
    const port = left.port === 55_001 ? 55_002 : 55_001;
    postgres = await startEmbeddedPostgres({ folder, settings, port });
    expect(postgres.port).toBe(port);
    expect(isAlive(left.pid)).toBe(false);
    expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('recovers after the postmaster itself was killed', async () => {
    postgres = await startEmbeddedPostgres({ folder, settings });
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(postgres.pid, 'SIGKILL');
    while (isAlive(postgres.pid)) await new Promise((done) => setTimeout(done, 20));
    await postgres.stop();

    postgres = await startEmbeddedPostgres({ folder, settings });
    expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is not misled by a stale pid that is now another program', async () => {
    postgres = await startEmbeddedPostgres({ folder, settings });
    const [{ data }] = (await query(postgres.url, `SELECT current_setting('data_directory') AS data`)) as [
      { data: string },
    ];
    const pidFile = readFileSync(join(data, 'postmaster.pid'), 'utf8');
    await postgres.stop();
    writeFileSync(join(data, 'postmaster.pid'), pidFile.replace(/^\d+/, String(process.pid)));

    postgres = await startEmbeddedPostgres({ folder, settings });
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says so when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(startEmbeddedPostgres({ folder, settings, port })).rejects.toThrow(`Port ${port}`);
    other.close();
  });

  it('refuses a second program on the same folder', async () => {
    postgres = await startEmbeddedPostgres({ folder, settings });
    await expect(startEmbeddedPostgres({ folder, settings })).rejects.toThrow('Another Wattline');
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('listens on the loopback address only and wants the password', async () => {
    postgres = await startEmbeddedPostgres({ folder, settings });
    expect(await query(postgres.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = new URL(postgres.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password');
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another Node starts PostgreSQL in the folder, makes a table and dies without a chance to clean up. */
async function startAndBeKilled(folder: string): Promise<{ pid: number; port: number }> {
  const script = `
    const { startEmbeddedPostgres } = await import('./dist/libs/persistence/embedded/embedded-postgres.js');
    const { default: pg } = await import('pg');
    const settings = ${JSON.stringify(settings)};
    const { url, pid, port } = await startEmbeddedPostgres({ folder: process.argv[1], settings });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('CREATE TABLE kept AS SELECT 42 AS answer');
    console.log(JSON.stringify({ pid, port }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  return JSON.parse(line.toString()) as { pid: number; port: number };
}
