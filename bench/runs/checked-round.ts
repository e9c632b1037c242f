import { checkInvariants, untilSettled } from '#invariants';
import type { Scenario } from '../scenarios/scenario.js';
import type { BenchWorld, Round, RunningRound } from '../world/bench-world.js';

export const SETTLE_MILLIS = 180_000;

/**
 * Runs an action on the whole system with an empty database, and gives its figures only when afterwards everything
 * comes to rest, all invariants hold and there is no dead letter.
 */
export async function checkedRound<T>(
  world: BenchWorld,
  round: Round,
  makeScenario: (running: RunningRound) => Scenario,
  payments: number,
  action: (scenario: Scenario, running: RunningRound) => Promise<T>,
): Promise<T> {
  const running = await world.round(round);
  const scenario = makeScenario(running);
  try {
    await scenario.prepare(payments);
    const figures = await action(scenario, running);
    await untilSettled(running.databaseUrl, SETTLE_MILLIS);
    await refuseUnlessSound(running);
    return figures;
  } finally {
    await scenario.close();
    await running.close();
  }
}

async function refuseUnlessSound({ databaseUrl, simulatorUrl }: RunningRound): Promise<void> {
  const { results } = await checkInvariants({ databaseUrl, simulatorUrl, settled: true });
  const broken = results.filter((it) => !it.holds);
  if (broken.length > 0) throw new Error(`no figure without its invariants: ${JSON.stringify(broken)}`);
  const dead = results.find(({ id }) => id === 'I6')?.counted.dead;
  if (Number(dead) !== 0) throw new Error(`no figure with ${String(dead)} dead letters`);
}
