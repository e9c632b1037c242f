import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { claim, release } from './cluster-owner.js';
import { type Cluster, locateCluster, runTool, tailOf } from './cluster.js';
import { commandOf, isAlive, isIdInUse } from './process-identity.js';

export interface EmbeddedPostgresOptions {
  /** Where everything is kept: data, password, port, log. */
  folder: string;
  /** Without one a free port is taken and remembered in the folder. */
  port?: number;
  log?: (line: string) => void;
  /** PostgreSQL settings beside and before our own, such as `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  url: string;
  port: number;
  /** The process id of the postmaster. */
  pid: number;
  /** Waits until nothing of it runs any more. */
  stop(): Promise<void>;
  /** Stops it and removes all its data. */
  destroy(): Promise<void>;
}

const DATABASE = 'wattline';

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  synchronous_commit: 'on',
  jit: 'off',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A refused statement is its caller's to report, and its text may hold what no log may.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

interface Postmaster {
  pid: number;
  port: number;
}

/**
 * A real PostgreSQL with its data in a folder. It is not a child that dies with us: it survives Ctrl-C and a
 * killed Node, is stopped last by `stop()`, and after a crash the next start takes it over as it runs.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const cluster = locateCluster(options.folder);
  claim(cluster);
  try {
    await initialise(cluster, options.settings, log);
    const running = await adoptRunning(cluster, options.port, log);
    const postmaster = running ?? (await launch(cluster, options, log));
    await createDatabase(cluster, postmaster.port);
    return {
      url: urlOf(cluster, postmaster.port),
      ...postmaster,
      stop: async () => {
        await stopCluster(cluster, 'fast');
        release(cluster);
      },
      destroy: async () => {
        await stopCluster(cluster, 'immediate');
        rmSync(cluster.base, { recursive: true, force: true });
        rmSync(options.folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    release(cluster);
    throw error;
  }
}

/** Ends what an earlier process left running in the folder, and removes the folder with all data. */
export async function removeEmbeddedPostgres(folder: string): Promise<void> {
  const cluster = locateCluster(folder);
  await stopCluster(cluster, 'immediate');
  rmSync(cluster.base, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

async function initialise(
  cluster: Cluster,
  settings: Record<string, string> = {},
  log: (line: string) => void,
): Promise<void> {
  const version = join(cluster.data, 'PG_VERSION');
  if (existsSync(version)) {
    const found = readFileSync(version, 'utf8').trim();
    if (found === cluster.binaries.major) return;
    throw new Error(
      `The data in ${cluster.data} is PostgreSQL ${found}'s, and this is PostgreSQL ` +
        `${cluster.binaries.major}: dump it with the old version and load it into a new folder`,
    );
  }
  log(`making a new PostgreSQL ${cluster.binaries.major} in ${cluster.data}`);
  keep(cluster, cluster.passwordFile, randomBytes(24).toString('hex'));
  // Under another name until it is whole: an initdb that broke off leaves nothing that looks like data.
  const draft = `${cluster.data}.new`;
  rmSync(draft, { recursive: true, force: true });
  await runTool(cluster, cluster.binaries.initdb, [
    ...['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${cluster.passwordFile}`],
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(settings['fsync'] === 'off' ? ['--no-sync'] : []),
  ]);
  const configuration = join(draft, 'postgresql.conf');
  keep(cluster, configuration, `${readFileSync(configuration, 'utf8')}\ninclude 'wattline.conf'\n`);
  renameSync(draft, cluster.data);
}

/** Takes over the postmaster that a killed process left, unless another port is asked for. */
async function adoptRunning(
  cluster: Cluster,
  port: number | undefined,
  log: (line: string) => void,
): Promise<Postmaster | undefined> {
  const deadline = performance.now() + 60_000;
  for (let found = readPidFile(cluster); found; found = readPidFile(cluster)) {
    if (!isPostmasterOf(cluster, found.pid)) {
      // A dead one's file is left to PostgreSQL, which finds by it what else may still be running. But where
      // the id is another program's by now, or a zombie's, PostgreSQL would take that for a running one.
      if (isIdInUse(found.pid)) {
        await sleep(1000); // the workers of a killed postmaster end with it
        rmSync(cluster.pidFile, { force: true });
      }
      return undefined;
    }
    if (await answers(cluster, found.port)) {
      if (port !== undefined && port !== found.port) {
        log(`PostgreSQL runs on port ${found.port} and is asked for on ${port}: restarting it`);
        await stopCluster(cluster, 'fast');
        return undefined;
      }
      log(`taking over the PostgreSQL that runs on port ${found.port} (process ${found.pid})`);
      return found;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `PostgreSQL (process ${found.pid}) holds ${cluster.data} and does not answer on port ` +
          `${found.port}:\n${tailOf(cluster.logFile)}`,
      );
    }
    await sleep(100); // it starts, recovers or stops
  }
  return undefined;
}

async function launch(
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
  log: (line: string) => void,
): Promise<Postmaster> {
  const port = await choosePort(cluster, options.port);
  keep(cluster, cluster.portFile, String(port));
  const settings = { ...SETTINGS, ...options.settings, port: String(port) };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  keep(cluster, join(cluster.data, 'wattline.conf'), lines.join(''));
  const big = (statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000;
  if (big) renameSync(cluster.logFile, `${cluster.logFile}.old`);

  const before = tailOf(cluster.logFile, Infinity).length;
  for (let attempt = 1; ; attempt++) {
    try {
      // pg_ctl gives the postmaster a session of its own: a Ctrl-C for us does not reach it.
      await runTool(cluster, cluster.binaries.pgCtl, [
        ...['start', '-D', cluster.data, '-l', cluster.logFile, '-w', '-t', '60', '-s'],
      ]);
      break;
    } catch (error) {
      const said = tailOf(cluster.logFile, Infinity).slice(before);
      if (/Address already in use|could not bind/i.test(said)) throw portTaken(port);
      // The workers of a killed postmaster need a moment to notice.
      const lingering = said.includes('pre-existing shared memory block');
      if (!lingering || attempt === 20) {
        throw new Error(`PostgreSQL does not start: ${(error as Error).message}\n${said.slice(-2000)}`, {
          cause: error,
        });
      }
      await sleep(500);
    }
  }
  const started = readPidFile(cluster);
  if (!started) throw new Error(`PostgreSQL ended at once:\n${tailOf(cluster.logFile)}`);
  log(`PostgreSQL runs on port ${port} (process ${started.pid})`);
  return { pid: started.pid, port };
}

async function stopCluster(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  const running = readPidFile(cluster);
  if (!running || !isPostmasterOf(cluster, running.pid)) return;
  const stop = (how: string, seconds: string) =>
    runTool(cluster, cluster.binaries.pgCtl, [
      'stop',
      '-D',
      cluster.data,
      '-m',
      how,
      '-w',
      '-t',
      seconds,
      '-s',
    ]);
  try {
    await stop(mode, '30');
  } catch {
    // Crash recovery makes the data whole at the next start.
    if (isAlive(running.pid)) await stop('immediate', '30');
  }
  for (let turn = 0; isAlive(running.pid) && turn < 100; turn++) await sleep(50);
}

function readPidFile(cluster: Cluster): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(cluster.pidFile, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

/** After a reboot the id in the file may be another program's. */
function isPostmasterOf(cluster: Cluster, pid: number): boolean {
  if (!(pid > 0) || !isAlive(pid)) return false;
  const command = commandOf(pid);
  return command === '' || (command.includes('postgres') && command.includes(cluster.data));
}

async function answers(cluster: Cluster, port: number): Promise<boolean> {
  if (!(port > 0)) return false;
  try {
    await withClient(cluster, port, (client) => client.query('SELECT 1'));
    return true;
  } catch {
    return false;
  }
}

async function createDatabase(cluster: Cluster, port: number): Promise<void> {
  await withClient(cluster, port, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}

async function withClient<T>(
  cluster: Cluster,
  port: number,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: urlOf(cluster, port, 'postgres'),
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(cluster: Cluster, port: number, database = DATABASE): string {
  const password = readFileSync(cluster.passwordFile, 'utf8').trim();
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}

async function choosePort(cluster: Cluster, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if ((await freePort(wanted)) === undefined) throw portTaken(wanted);
    return wanted;
  }
  const remembered = existsSync(cluster.portFile) ? Number(readFileSync(cluster.portFile, 'utf8')) : 0;
  return (await freePort(remembered)) ?? (await freePort(0))!;
}

/** The port when it is free (0: any free one). */
function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function portTaken(port: number): Error {
  return new Error(
    `Port ${port} on 127.0.0.1 is taken: PostgreSQL cannot listen there; free it or give another`,
  );
}

/** A file that the account PostgreSQL runs as owns, and nobody else can read. */
function keep(cluster: Cluster, path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600 });
  if (cluster.account) chownSync(path, cluster.account.uid, cluster.account.gid);
}
