import { untilSettled } from '#invariants';
import { closedLoop } from '../load/closed-loop.js';
import { type Latencies, openLoop } from '../load/open-loop.js';
import { PayBills } from '../scenarios/pay-bills.js';
import type { BenchWorld } from '../world/bench-world.js';
import { checkedRound, SETTLE_MILLIS } from './checked-round.js';
import type { BenchOptions } from './options.js';
import type { Say } from './throughput.js';

export const LIGHT_LOAD = 100;
/** Each rate, in turn: one measurement of a percentile says little. */
const TURNS = 3;

/** S2 at fixed rates, several times over: a hundred a second, and shares of the most that was reached. */
export function latencyRun(
  world: BenchWorld,
  options: BenchOptions,
  most: number,
  say: Say,
): Promise<Latencies[]> {
  const { seconds, warmSeconds, inFlight, bus, quick } = options;
  const rates = quick ? [LIGHT_LOAD, most / 2] : [LIGHT_LOAD, most / 4, most / 2, (3 * most) / 4];
  const turns = Array.from({ length: quick ? 1 : TURNS }, () => rates).flat();
  const bills =
    Math.ceil(warmSeconds * most * 2 + turns.reduce((sum, rate) => sum + rate * seconds, 0)) + 5_000;
  const make = (running: ConstructorParameters<typeof PayBills>[0]) => new PayBills(running);
  return checkedRound(world, { bus, batchSize: 200 }, make, bills, async (scenario, { databaseUrl }) => {
    await closedLoop(scenario, warmSeconds, inFlight);
    await untilSettled(databaseUrl, SETTLE_MILLIS); // what the warm-up left is not measured
    const all: Latencies[] = [];
    for (const rate of turns) {
      const measured = await openLoop(scenario, (scenario as PayBills).database, rate, seconds);
      const { accepted, paid } = measured;
      const text = (it: { p50: number; p99: number }) =>
        `p50 ${it.p50.toFixed(1)} p99 ${it.p99.toFixed(1)} ms`;
      say(`at ${rate.toFixed(0)}/s: accepted ${text(accepted)}, PAID ${text(paid)}`);
      all.push(measured);
    }
    return all;
  });
}
