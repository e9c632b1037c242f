import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { composedFloor } from '../floors/composed-floor.js';
import type { BenchOptions } from '../runs/options.js';
import { type BarGroup, chartOf } from './chart.js';
import { spreadOf } from './statistics.js';
import type { Figures, Target } from './targets.js';

export interface Setting {
  /** What decides about durability, as PostgreSQL says it. */
  postgres: string;
  /** Its version, and what makes messages outlive it. */
  rabbitmq: string;
  /** The version of each rival, and of what it needs. */
  rivals: Record<string, string>;
  options: BenchOptions;
}

/** `latest.json` with every round, and `chart.svg`. */
export function writeResults(folder: string, setting: Setting, figures: Figures, targets: Target[]): void {
  mkdirSync(folder, { recursive: true });
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const written = { at: new Date().toISOString(), machine, ...setting, targets, figures };
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(written, null, 1)}\n`);
  const groups = groupsOf(figures);
  if (groups.length > 0) writeFileSync(join(folder, 'chart.svg'), chartOf(groups));
}

function groupsOf({ throughput: all, rivals: allRivals }: Figures): BarGroup[] {
  const throughput = all.filter((round) => round.steady);
  const rivals = allRivals.filter((round) => round.steady);
  const middle = (values: number[]) => spreadOf(values).median;
  const groups: BarGroup[] = [];
  if (throughput.length > 0) {
    const floors = throughput.flatMap((it) => [it.floorsBefore, it.floorsAfter]);
    const alone = throughput.flatMap(({ batchSizeOne }) => batchSizeOne ?? []);
    groups.push({
      title: 'A bill paid, to its SMS and its place in the trail: payments a second',
      bars: [
        { name: 'Composed floor: no code around it', perSecond: middle(floors.map(composedFloor)) },
        { name: 'Wattline', perSecond: middle(throughput.map(({ ours }) => ours)), ours: true },
        ...(alone.length > 0 ? [{ name: 'Wattline without batches', perSecond: middle(alone) }] : []),
        { name: 'The same SQL, one by one', perSecond: middle(floors.map((it) => it.databaseAlone)) },
      ],
    });
  }
  if (rivals.length > 0) {
    const names = [
      ...new Set(rivals.flatMap(({ peers }) => Object.keys(peers))),
    ] as (keyof (typeof rivals)[0]['peers'])[];
    const bars = names.map((name) => ({
      name,
      perSecond: middle(rivals.flatMap(({ peers }) => peers[name] ?? [])),
    }));
    const ours = middle(rivals.flatMap((round) => round.ours));
    const all = [{ name: 'Wattline', perSecond: ours, ours: true }, ...bars];
    const sorted = all.sort((a, b) => b.perSecond - a.perSecond);
    groups.push({ title: 'Money from wallet to wallet: transfers a second', bars: sorted });
  }
  return groups;
}
