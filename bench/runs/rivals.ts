import { closedLoop } from '../load/closed-loop.js';
import { SendMoney } from '../scenarios/send-money.js';
import type { BenchWorld } from '../world/bench-world.js';
import { checkedRound } from './checked-round.js';
import { measurePeer, type Peer, PEERS } from './measure-peers.js';
import type { BenchOptions } from './options.js';
import type { Say } from './throughput.js';

/** One rotation of S1: ours, each rival, ours. Transfers a second. */
export interface RivalRound {
  ours: [before: number, after: number];
  peers: Partial<Record<Peer, number>>;
}

export async function rivalRound(
  world: BenchWorld,
  options: BenchOptions,
  turn: number,
  say: Say,
): Promise<RivalRound> {
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
  return { ours: [before, await transfers(world, options, say)], peers };
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
