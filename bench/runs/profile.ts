import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchWorld } from '../world/bench-world.js';
import type { BenchOptions } from './options.js';
import { saturated, type Say } from './throughput.js';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const SHOWN = 25;

/** S2 with a CPU profile of each process; prints where the time went, and keeps the profiles for a closer look. */
export async function profileRun(
  world: BenchWorld,
  options: BenchOptions,
  folder: string,
  say: Say,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const round = { bus: options.bus, batchSize: 200, profiles: folder };
  const { perSecond } = await saturated(world, round, options);
  say(`S2 while profiled: ${perSecond.toFixed(0)}/s`);
  // The beginning is the start of the service and the warm-up, the end is the coming to rest.
  const measured = options.seconds * 1e6;
  for (const file of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
    say(`\n${serviceOf(profile)} (${file})`);
    for (const line of topOf(profile, measured)) say(line);
  }
}

function serviceOf({ nodes }: CpuProfile): string {
  const main = nodes.find(({ callFrame: { url } }) => /apps\/\w+\/main\.js$|one-process\.js$/.test(url));
  return /(\w+)\/main\.js$/.exec(main?.callFrame.url ?? '')?.[1] ?? 'one process';
}

function topOf({ nodes, samples, timeDeltas }: CpuProfile, measuredMicros: number): string[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${url.replace(/^.*\/(node_modules|dist)\//, '')}:${lineNumber + 1}`,
    ]),
  );
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const [from, to] = [total * 0.4, Math.min(total, total * 0.4 + measuredMicros * 0.8)];
  const self = new Map<string, number>();
  let at = 0;
  let busy = 0;
  for (const [i, sample] of samples.entries()) {
    at += timeDeltas[i]!;
    const name = names.get(sample)!;
    if (at < from || at > to || name.startsWith('(idle)')) continue;
    self.set(name, (self.get(name) ?? 0) + timeDeltas[i]!);
    busy += timeDeltas[i]!;
  }
  const sorted = [...self].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  const lines = sorted.map(
    ([name, micros]) => `  ${((100 * micros) / busy).toFixed(1).padStart(5)} %  ${name}`,
  );
  return [`  busy ${((100 * busy) / (to - from)).toFixed(0)} % of a core`, ...lines];
}
