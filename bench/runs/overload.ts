import { untilSettled } from '#invariants';
import { closedLoop } from '../load/closed-loop.js';
import { openLoop } from '../load/open-loop.js';
import { PayBills } from '../scenarios/pay-bills.js';
import type { BenchWorld } from '../world/bench-world.js';
import { checkedRound, SETTLE_MILLIS } from './checked-round.js';
import type { BenchOptions } from './options.js';
import type { Say } from './throughput.js';

const HERD_SECONDS = 5;
const NORMAL_SECONDS = 8;

/** S5: ten times the sustainable rate for five seconds, between two times of half of it. */
export interface Overload {
  /** Payments a second that were offered while it was too much. */
  offered: number;
  accepted: number;
  /** Turned away with 429 or 503; those that were not told when to come again. */
  shed: number;
  withoutRetryAfter: number;
  /** p50 from request to PAID, in milliseconds, at half of the sustainable rate. */
  before: number;
  after: number;
}

export function overloadRun(
  world: BenchWorld,
  options: BenchOptions,
  most: number,
  say: Say,
): Promise<Overload> {
  const { warmSeconds, inFlight, bus } = options;
  const make = (running: ConstructorParameters<typeof PayBills>[0]) => new PayBills(running);
  const bills = Math.ceil(most * (warmSeconds * 2 + NORMAL_SECONDS + HERD_SECONDS * 10)) + 5_000;
  return checkedRound(world, { bus, batchSize: 200 }, make, bills, async (scenario, { databaseUrl }) => {
    const { database } = scenario as PayBills;
    await closedLoop(scenario, warmSeconds, inFlight);
    await untilSettled(databaseUrl, SETTLE_MILLIS); // what the warm-up left is not measured
    const before = await openLoop(scenario, database, most / 2, NORMAL_SECONDS);
    const herd = await openLoop(scenario, database, most * 10, HERD_SECONDS);
    const after = await openLoop(scenario, database, most / 2, NORMAL_SECONDS);
    const result = {
      offered: herd.perSecond,
      accepted: herd.sent - herd.refused.length,
      shed: herd.refused.length,
      withoutRetryAfter: herd.refused.filter(({ retryAfter }) => !retryAfter).length,
      before: before.paid.p50,
      after: after.paid.p50,
    };
    say(
      `S5: ${result.offered.toFixed(0)}/s offered, ${result.accepted} accepted and all PAID, ${result.shed} shed; ` +
        `PAID p50 ${result.before.toFixed(0)} ms before, ${result.after.toFixed(0)} ms after`,
    );
    return result;
  });
}
