import { parseArgs } from 'node:util';
import { closedLoop, type Measured } from './load/closed-loop.js';
import { checkedRound } from './runs/checked-round.js';
import { PayBills } from './scenarios/pay-bills.js';
import { BenchWorld, type Round } from './world/bench-world.js';

// `npm run bench:smoke`: is batching still worth what it costs in thought? A ratio of one run, not a time.
// One round alone: `npm run bench:smoke -- --bus embedded --batch 200 --seconds 10`.
const { values: asked } = parseArgs({
  options: { bus: { type: 'string' }, batch: { type: 'string' }, seconds: { type: 'string', default: '4' } },
});
const SECONDS = Number(asked.seconds);
const WARM_SECONDS = 2;
const LEAST_RATIO = 5;
const ALL: Round[] = [
  { bus: 'rabbitmq', batchSize: 1 },
  { bus: 'rabbitmq', batchSize: 200 },
  { bus: 'embedded', batchSize: 1 },
  { bus: 'embedded', batchSize: 200 },
];
const ROUNDS = ALL.filter(
  (round) =>
    (asked.bus ?? round.bus) === round.bus && Number(asked.batch ?? round.batchSize) === round.batchSize,
);

const world = await BenchWorld.start();
try {
  console.log(
    `PostgreSQL: ${await world.durability()}. RabbitMQ: quorum queues, confirms. Node ${process.version}.`,
  );
  console.log('Payments from request to PAID, accepted SMS and full audit, per second:');
  const results = new Map<string, Measured>();
  for (const round of ROUNDS) results.set(nameOf(round), await measure(round));
  if (ROUNDS.length === ALL.length) judge(results);
} finally {
  await world.stop();
}

function judge(results: Map<string, Measured>): void {
  const ratio = (bus: Round['bus']) =>
    results.get(nameOf({ bus, batchSize: 200 }))!.perSecond /
    results.get(nameOf({ bus, batchSize: 1 }))!.perSecond;
  const [rabbitmq, embedded] = [ratio('rabbitmq'), ratio('embedded')];
  console.log(
    `Batches against batch size 1: RabbitMQ ×${rabbitmq.toFixed(1)}, embedded ×${embedded.toFixed(1)}`,
  );
  if (rabbitmq >= LEAST_RATIO) return;
  console.error(`Batches must be at least ${LEAST_RATIO} times faster on RabbitMQ.`);
  process.exitCode = 1;
}

async function measure(round: Round): Promise<Measured> {
  const inFlight = round.batchSize === 1 ? 32 : 600;
  const bills = round.batchSize === 1 ? 6_000 : 24_000;
  const measured = await checkedRound(
    world,
    round,
    (running) => new PayBills(running),
    bills,
    async (scenario) => {
      await closedLoop(scenario, WARM_SECONDS, inFlight);
      return closedLoop(scenario, SECONDS, inFlight);
    },
  );
  const { perSecond, payments, seconds } = measured;
  console.log(
    `  ${nameOf(round).padEnd(28)} ${perSecond.toFixed(0).padStart(6)}/s  (${payments} in ${seconds.toFixed(1)} s, all invariants hold)`,
  );
  return measured;
}

function nameOf({ bus, batchSize }: Round): string {
  return `${bus}, batch size ${batchSize}`;
}
