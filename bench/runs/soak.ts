import { readFileSync } from 'node:fs';
import { closedLoop } from '../load/closed-loop.js';
import { SendMoney } from '../scenarios/send-money.js';
import type { BenchWorld, RunningRound } from '../world/bench-world.js';
import type { Floors } from '../floors/composed-floor.js';
import { checkedRound } from './checked-round.js';
import { measureFloors } from './measure-floors.js';
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
  /** The machine before the first and after the last minute: it may have become slower, or faster. */
  floorsBefore: Floors;
  floorsAfter: Floors;
}

export function soakRun(
  world: BenchWorld,
  floorDatabase: string,
  options: BenchOptions,
  say: Say,
): Promise<Soak> {
  const make = (running: RunningRound) => new SendMoney(running);
  const round = { bus: options.bus, batchSize: 200 };
  return checkedRound(world, round, make, 0, async (scenario, running) => {
    await closedLoop(scenario, options.warmSeconds, IN_FLIGHT);
    const floors = () => measureFloors(world, floorDatabase, options.floorSeconds);
    const floorsBefore = await floors();
    const [rates, megabytes]: [number[], number[]] = [[], []];
    for (let minute = 1; minute <= options.soakMinutes; minute++) {
      const { perSecond } = await closedLoop(scenario, MINUTE, IN_FLIGHT);
      rates.push(perSecond);
      megabytes.push(megabytesOf(running));
      say(`S6 minute ${minute}: ${perSecond.toFixed(0)}/s, ${megabytes.at(-1)!.toFixed(0)} MB`);
    }
    return { rates, megabytes, floorsBefore, floorsAfter: await floors() };
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
