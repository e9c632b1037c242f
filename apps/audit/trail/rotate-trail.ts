import type { EntityManager } from 'typeorm';
import { addPartition, dropPartition, partitionNames, type Range } from '#messaging';
import type { ServiceParts } from '#service-host';
import type { AuditSettings } from '../audit-settings.js';
import { ChainHead } from './chain-head.entity.js';

const AHEAD = 2n;
const DAY_MILLIS = 86_400_000;

/**
 * Gives the trail partitions by row number, some ahead of its head, and drops the oldest ones when all of
 * their events are older than what is kept. A dropped part leaves its last hash as an anchor.
 */
export async function rotateTrail({
  dataSource,
  settings,
  clock,
}: ServiceParts<AuditSettings>): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtext('wattline trail'))`);
    const { seq } = await manager.findOneByOrFail(ChainHead, { id: 'main' });
    const size = BigInt(settings.AUDIT_PARTITION_ROWS);
    const names = await partitionNames(manager, 'trail');
    for (let part = seq / size; part <= seq / size + AHEAD; part++) {
      const range = rangeOf(part * size + 1n, size);
      if (!names.includes(range.name)) await addPartition(manager, 'trail', 'seq', range);
    }
    const now = clock.now();
    const before = new Date(now.getTime() - settings.AUDIT_KEEP_DAYS * DAY_MILLIS);
    for (const name of names) {
      if (!(await isOver(manager, name, size, seq, before))) return; // the chain is cut at its beginning only
      await manager.query(
        `INSERT INTO anchors SELECT seq, hash, $1::timestamptz FROM ${name} ORDER BY seq DESC LIMIT 1`,
        [now],
      );
      await dropPartition(manager, 'trail', name);
    }
  });
}

/** Names sort like the numbers in them: 19 digits hold every bigint. */
function rangeOf(first: bigint, size: bigint): Range {
  return {
    name: `trail_s${String(first).padStart(19, '0')}`,
    lowest: String(first),
    above: String(first + size),
  };
}

async function isOver(
  manager: EntityManager,
  name: string,
  size: bigint,
  head: bigint,
  before: Date,
): Promise<boolean> {
  const last = BigInt(name.replace('trail_s', '')) + size - 1n;
  if (last > head) return false;
  const [newest] = await manager.query<{ at: Date }[]>(`SELECT max(at) AS at FROM ${name}`);
  return newest!.at < before;
}
