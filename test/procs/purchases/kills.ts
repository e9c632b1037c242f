import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '#contracts';
import type { CrashPoint } from '#persistence';
import type { Dice } from '../dice.js';
import type { FaultWorld } from '../fault-world.js';

/** Where a purchase comes by. */
const POINTS: [ServiceName, CrashPoint][] = [
  ['billing', 'after-effect-before-record'],
  ['billing', 'after-effect-before-record'],
  ['billing', 'before-commit'],
  ['billing', 'after-commit-before-publish'],
  ['billing', 'after-commit-before-ack'],
  ['payment', 'before-commit'],
  ['payment', 'after-commit-before-publish'],
  ['payment', 'after-commit-before-ack'],
];
const CRASH_MILLIS = 5_000;

export interface Meanwhile {
  work: Promise<void>;
  /** From when all is ready again to the next kill, on average. */
  workMillis: number;
  /** How much of it is done. */
  done: () => number;
  log?: (line: string) => void;
}

/** Kills billing and payment, at any moment and at the worst ones, until the work is over; returns how often. */
export async function killMeanwhile(
  { fleet }: FaultWorld,
  dice: Dice,
  { work, workMillis, done, log }: Meanwhile,
): Promise<number> {
  let isOver = false;
  let kills = 0;
  const over = work.finally(() => (isOver = true));
  while (!isOver) {
    await Promise.race([over, sleep(dice.between(workMillis / 5, 2 * workMillis))]);
    if (isOver) break;
    if (dice.next() < 0.4) {
      await fleet.kill(dice.pick(['billing', 'payment']));
      kills += 1;
    } else {
      const [service, point] = dice.pick(POINTS);
      kills += (await fleet.killAt(service, `${point}:${dice.between(1, 6)}`, CRASH_MILLIS)) ? 2 : 1;
    }
    // Without a moment of work between them there would be nothing to interrupt.
    await fleet.untilReady();
    log?.(`${kills} kills, ${done()} purchases`);
  }
  await over;
  // One of them may still have orders to die.
  for (const service of ['billing', 'payment'] as const) await fleet.kill(service);
  return kills + 2;
}
