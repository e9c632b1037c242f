import { fileURLToPath } from 'node:url';
import { composedFloor } from './floors/composed-floor.js';
import { isSteady } from './report/statistics.js';
import { latencyRun } from './runs/latency.js';
import { readOptions } from './runs/options.js';
import { profileRun } from './runs/profile.js';
import { type ThroughputRound, throughputRound } from './runs/throughput.js';
import { BenchWorld } from './world/bench-world.js';
void composedFloor;
void isSteady;

const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url));
const options = readOptions(process.argv.slice(2));
const started = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${text}`);

const world = await BenchWorld.start();
try {
  say(`PostgreSQL: ${await world.durability()}`);
  if (options.profile) await profileRun(world, options, `${RESULTS}profiles`, say);
  else {
    const floorDatabase = await world.migrated();
    const rounds: ThroughputRound[] = [];
    for (let i = 0; i < options.rounds; i++)
      rounds.push(await throughputRound(world, floorDatabase, options, say));
    console.log(JSON.stringify(rounds, null, 1));
    await latencyRun(world, options, rounds[0]!.ours, say);
  }
} finally {
  await world.stop();
}
