import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Account, accountFor, canWrite } from './postgres-account.js';
import { findBinaries, type PostgresBinaries, reachableBinaries } from './postgres-binaries.js';

/** One PostgreSQL with its data: where its files are and whom it runs as. */
export interface Cluster {
  base: string;
  data: string;
  pidFile: string;
  passwordFile: string;
  portFile: string;
  logFile: string;
  ownerFile: string;
  account: Account | undefined;
  binaries: PostgresBinaries;
}

/** Written into the folder when its data had to be put elsewhere. */
const ELSEWHERE = 'data-is-elsewhere.txt';

export function locateCluster(folder: string): Cluster {
  const wanted = resolve(folder);
  makeFolder(wanted);
  const note = join(wanted, ELSEWHERE);
  const noted = existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
  let base = noted ?? wanted;
  const account = accountFor(join(base, 'data'));
  if (account) {
    own(base, account);
    if (!canWrite(base, account)) {
      base = `/var/tmp/wattline-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`;
      makeFolder(base);
      own(base, account);
      writeFileSync(note, `${base}\n`);
    }
  }
  const data = join(base, 'data');
  return {
    base,
    data,
    pidFile: join(data, 'postmaster.pid'),
    passwordFile: join(base, 'password'),
    portFile: join(base, 'port'),
    logFile: join(base, 'postgres.log'),
    ownerFile: join(base, 'owner.json'),
    account,
    binaries: reachableBinaries(findBinaries(), account),
  };
}

/** Runs one of PostgreSQL's own programs to its end, out of reach of a Ctrl-C for us. */
export function runTool(cluster: Cluster, program: string, args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      ...cluster.account,
      cwd: cluster.base,
      env: environment(),
      detached: true,
      windowsHide: true,
      // Not stdout: the postmaster would inherit it and keep it open.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', fail);
    child.once('exit', (code) => {
      child.stderr.destroy();
      if (code === 0) done();
      else fail(new Error(said.trim() || `${program} ended with ${code}`));
    });
  });
}

export function tailOf(file: string, length = 2000): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-length) : '';
}

/** Nothing of ours reaches PostgreSQL by way of the environment: neither PG* settings nor secrets. */
function environment(): NodeJS.ProcessEnv {
  const passed = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of passed) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

/** Closed to others itself, but not the folders above it, which the account has to pass. */
function makeFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

function own(folder: string, account: Account): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== account.uid)) {
    throw new Error(`${folder} is not a folder that Wattline made: remove it or give another`);
  }
  chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
}
