import { readFileSync } from 'node:fs';
import { closedLoop } from '../load/closed-loop.js';
import { SendMoney } from '../scenarios/send-money.js';
import type { BenchWorld, RunningRound } from '../world/bench-world.js';
import { checkedRound } from './checked-round.js';
import type { BenchOptions } from './options.js';
import type { Say } from './throughput.js';

const MINUTE = 60;
/** What a soak at full speed hides: room for the machine to breathe. */
const IN_FLIGHT = 200;

/** S6: a minute after the other. */
export interface Soak {
  /** Transfers a second, of each minute. */
  rates: number[];
  /** Megabytes of all processes together, at the end of each minute. */
  megabytes: number[];
}

export function soakRun(world: BenchWorld, options: BenchOptions, say: Say): Promise<Soak> {
  const make = (running: RunningRound) => new SendMoney(running);
  const round = { bus: options.bus, batchSize: 200 };
  return checkedRound(world, round, make, 0, async (scenario, running) => {
    await closedLoop(scenario, options.warmSeconds, IN_FLIGHT);
    const soak: Soak = { rates: [], megabytes: [] };
    for (let minute = 1; minute <= options.soakMinutes; minute++) {
      const { perSecond } = await closedLoop(scenario, MINUTE, IN_FLIGHT);
      soak.rates.push(perSecond);
      soak.megabytes.push(megabytesOf(running));
      say(`S6 minute ${minute}: ${perSecond.toFixed(0)}/s, ${soak.megabytes.at(-1)!.toFixed(0)} MB`);
    }
    return soak;
  });
}

/** Resident memory, as Linux tells it; elsewhere it is not told. */
function megabytesOf({ pids }: RunningRound): number {
  try {
    const kilobytes = Object.values(pids).map((pid) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]),
    );
    return kilobytes.reduce((sum, it) => sum + it, 0) / 1_024;
  } catch {
    return NaN;
  }
}
