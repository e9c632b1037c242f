import { closedLoop } from '../load/closed-loop.js';
import { PayBills } from '../scenarios/pay-bills.js';
import type { BenchWorld } from '../world/bench-world.js';
import { checkedRound } from './checked-round.js';
import type { BenchOptions } from './options.js';
import type { Say } from './throughput.js';

/** S4: S2 while one SMS in twenty is accepted without an answer, and each delivery report comes twice. */
export function troubleRun(world: BenchWorld, options: BenchOptions, say: Say): Promise<number> {
  const { seconds, warmSeconds, inFlight } = options;
  const round = { bus: options.bus, batchSize: 200, troubled: true };
  const make = (running: ConstructorParameters<typeof PayBills>[0]) => new PayBills(running);
  const bills = (seconds + warmSeconds) * 2_500;
  return checkedRound(world, round, make, bills, async (scenario) => {
    await closedLoop(scenario, warmSeconds, inFlight);
    const { perSecond } = await closedLoop(scenario, seconds, inFlight);
    say(`S4: ${perSecond.toFixed(0)}/s with lost answers and doubled reports`);
    return perSecond;
  });
}
