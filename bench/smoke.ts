import { parseArgs } from 'node:util';
import { checkInvariants, untilSettled } from '#invariants';
import { BenchWorld, type Round } from './bench-world.js';
import { type Measured, PayBills } from './pay-bills.js';

// `npm run bench:smoke`: is batching still worth what it costs in thought? A ratio of one run, not a time.
// One round alone: `npm run bench:smoke -- --bus embedded --batch 200 --seconds 10`.
const { values: asked } = parseArgs({
  options: { bus: { type: 'string' }, batch: { type: 'string' }, seconds: { type: 'string', default: '4' } },
});
const SECONDS = Number(asked.seconds);
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
  const running = await world.round(round);
  const bench = new PayBills(running);
  try {
    await bench.prepare(round.batchSize === 1 ? 6_000 : 24_000);
    const inFlight = round.batchSize === 1 ? 32 : 600;
    await bench.run(1, inFlight); // warm
    const measured = await bench.run(SECONDS, inFlight);
    await untilSettled(running.databaseUrl, 60_000);
    const { databaseUrl, simulatorUrl } = running;
    const report = await checkInvariants({ databaseUrl, simulatorUrl, settled: true });
    if (!report.ok) {
      const broken = report.results.filter((it) => !it.holds);
      throw new Error(`no figure without its invariants: ${JSON.stringify(broken)}`);
    }
    const { perSecond, payments, seconds, refused } = measured;
    console.log(
      `  ${nameOf(round).padEnd(28)} ${perSecond.toFixed(0).padStart(6)}/s  (${payments} in ${seconds.toFixed(1)} s, ${refused} refused, ${report.results.length} invariants hold)`,
    );
    return measured;
  } finally {
    await bench.close();
    await running.close();
  }
}

function nameOf({ bus, batchSize }: Round): string {
  return `${bus}, batch size ${batchSize}`;
}
