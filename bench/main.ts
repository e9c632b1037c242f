import { fileURLToPath } from 'node:url';
import { spreadOf } from './report/statistics.js';
import { type Figures, tableOf, targetsOf } from './report/targets.js';
import { writeResults } from './report/write-results.js';
import { latencyRun } from './runs/latency.js';
import { measureFloors } from './runs/measure-floors.js';
import { installPeers, peerVersions } from './runs/measure-peers.js';
import { type BenchOptions, readOptions } from './runs/options.js';
import { overloadRun } from './runs/overload.js';
import { profileRun } from './runs/profile.js';
import { rivalRound } from './runs/rivals.js';
import { soakRun } from './runs/soak.js';
import { throughputRound } from './runs/throughput.js';
import { troubleRun } from './runs/trouble.js';
import { BenchWorld } from './world/bench-world.js';

// `npm run bench`: how fast Wattline is, beside what its parts alone can do and beside others, in one run.
const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url));
const started = performance.now();

function say(text: string): void {
  console.log(`${((performance.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${text}`);
}

const options = readOptions(process.argv.slice(2));
if (options.scenarios.includes('S1')) installPeers(say);
const world = await BenchWorld.start();
// Ctrl-C: what was started is ended.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void world.stop().finally(() => process.exit(130)));
try {
  const postgres = await world.durability();
  const rabbitmq = `${world.broker.ctl('version').trim()}, quorum queues, publisher confirms, persistent messages`;
  const rivals = options.scenarios.includes('S1') ? peerVersions() : {};
  say(`PostgreSQL: ${postgres}. RabbitMQ: ${rabbitmq}. Node ${process.version}.`);
  if (options.profile) await profileRun(world, options, `${RESULTS}profiles`, say);
  else {
    const figures = await measure(world, options);
    const targets = targetsOf(figures);
    writeResults(RESULTS, { postgres, rabbitmq, rivals, options }, figures, targets);
    console.log(
      ['', ...tableOf(targets), '', 'all rounds: bench/results/latest.json, bench/results/chart.svg'].join(
        '\n',
      ),
    );
  }
} finally {
  await world.stop();
}

async function measure(world: BenchWorld, options: BenchOptions): Promise<Figures> {
  const { scenarios, rounds } = options;
  const has = (name: (typeof scenarios)[number]) => scenarios.includes(name);
  const figures: Figures = { throughput: [], rivals: [], latencies: [] };
  const floorDatabase = await world.migrated();
  // Not counted: tables that were just filled are vacuumed, and files grow for the first time.
  if (!options.quick) await measureFloors(world, floorDatabase, options.floorSeconds);
  if (has('S2') || has('S3') || has('S5')) {
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`);
      const result = await throughputRound(world, floorDatabase, options, say);
      if (!result.steady) say('the floors differ by more than 15 %: this round is dropped');
      figures.throughput.push(result);
    }
    const steady = figures.throughput.filter((round) => round.steady);
    if (steady.length === 0)
      say('no round was steady: this machine has other work, and no ratio of it counts');
    const most = spreadOf((steady.length > 0 ? steady : figures.throughput).map(({ ours }) => ours)).median;
    if (has('S2')) figures.latencies = await latencyRun(world, options, most, say);
    if (has('S5')) figures.overload = await overloadRun(world, options, most, say);
  }
  if (has('S1'))
    for (let turn = 0; turn < rounds; turn++)
      figures.rivals.push(await rivalRound(world, floorDatabase, options, turn, say));
  if (has('S4')) figures.trouble = await troubleRun(world, options, say);
  if (has('S6')) figures.soak = await soakRun(world, floorDatabase, options, say);
  await world.drop(floorDatabase);
  return figures;
}
