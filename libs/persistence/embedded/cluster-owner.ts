import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Cluster } from './cluster.js';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity.js';

/** Said as it is to whoever starts: nothing is broken. */
export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
}

/** Marks the folder as ours; two running programs on one folder would stop each other's PostgreSQL. */
export function claim(cluster: Cluster): void {
  const owner = ownerOf(cluster);
  if (owner && isRunning(owner)) {
    throw new DataFolderInUse(
      `Another Wattline (process ${owner.pid}) uses the PostgreSQL in ${cluster.base}: ` +
        'stop it first, or give this one a folder of its own (WATTLINE_HOME)',
    );
  }
  writeFileSync(cluster.ownerFile, JSON.stringify(identityOf(process.pid)), { mode: 0o600 });
}

export function release(cluster: Cluster): void {
  rmSync(cluster.ownerFile, { force: true });
}

function ownerOf(cluster: Cluster): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(cluster.ownerFile, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
