import { closedLoop } from '../load/closed-loop.js';
import { SendMoney } from '../scenarios/send-money.js';
import type { BenchWorld } from '../world/bench-world.js';
import { checkedRound } from './checked-round.js';
import { composedFloor, type Floors } from '../floors/composed-floor.js';
import { isSteady } from '../report/statistics.js';
import { measureFloors } from './measure-floors.js';
import { measurePeer, type Peer, PEERS } from './measure-peers.js';
import type { BenchOptions } from './options.js';
import type { Say } from './throughput.js';

/** One rotation of S1: floor, ours, each rival, ours, floor. Transfers a second. */
export interface RivalRound {
  floorsBefore: Floors;
  floorsAfter: Floors;
  ours: [before: number, after: number];
  peers: Partial<Record<Peer, number>>;
  /** False: the floors differ by too much, and nothing of the round counts. */
  steady: boolean;
}

export async function rivalRound(
  world: BenchWorld,
  floorDatabase: string,
  options: BenchOptions,
  turn: number,
  say: Say,
): Promise<RivalRound> {
  const floorsBefore = await measureFloors(world, floorDatabase, options.floorSeconds);
  const before = await transfers(world, options, say);
  const peers: RivalRound['peers'] = {};
  for (const peer of rotated(PEERS, turn)) {
    const perSecond = await measurePeer(world, peer, options);
    if (perSecond !== undefined) peers[peer] = perSecond;
    say(
      perSecond === undefined
        ? `S1 ${peer}: left out, no Redis here`
        : `S1 ${peer}: ${perSecond.toFixed(0)}/s`,
    );
  }
  const after = await transfers(world, options, say);
  const floorsAfter = await measureFloors(world, floorDatabase, options.floorSeconds);
  const steady = isSteady(composedFloor(floorsBefore), composedFloor(floorsAfter));
  if (!steady) say('the floors differ by more than 15 %: this round is dropped');
  return { floorsBefore, floorsAfter, ours: [before, after], peers, steady };
}

async function transfers(world: BenchWorld, options: BenchOptions, say: Say): Promise<number> {
  const { seconds, warmSeconds, inFlight, bus } = options;
  const make = (running: ConstructorParameters<typeof SendMoney>[0]) => new SendMoney(running);
  const { perSecond } = await checkedRound(world, { bus, batchSize: 200 }, make, 0, async (scenario) => {
    await closedLoop(scenario, warmSeconds, inFlight);
    return closedLoop(scenario, seconds, inFlight);
  });
  say(`S1 Wattline: ${perSecond.toFixed(0)}/s`);
  return perSecond;
}

function rotated<T>(all: readonly T[], turn: number): T[] {
  const start = turn % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}
