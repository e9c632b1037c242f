import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '#contracts';
import { CRASH_POINTS, type CrashPoint } from '#persistence';
import type { Dice } from '../dice.js';
import type { Fault } from './fault.js';

/** Which process comes by which point under the load of customers. */
const PASSES: Record<CrashPoint, ServiceName[]> = {
  'before-transaction': ['audit', 'notification', 'wallet', 'billing', 'payment'],
  'before-commit': ['audit', 'notification', 'wallet', 'billing', 'payment'],
  'after-commit-before-publish': ['wallet', 'billing', 'payment'],
  'after-publish-before-confirm': ['wallet', 'billing', 'payment'],
  'after-confirm-before-mark': ['wallet', 'billing', 'payment'],
  'after-commit-before-ack': ['audit', 'notification', 'wallet', 'billing', 'payment'],
  'after-effect-before-record': ['notification'],
  'before-http-answer': ['billing', 'payment', 'gateway', 'notification'],
};
const CRASH_MILLIS = 20_000;

export function kill(dice: Dice): Fault {
  const service = dice.pick(SERVICES);
  const wait = dice.between(0, 300);
  return {
    class: 'kill',
    says: `kill -9 ${service}`,
    strike: async ({ fleet }) => {
      await sleep(wait);
      await fleet.kill(service);
      return 1;
    },
  };
}

export function crash(dice: Dice, point: CrashPoint, service: ServiceName): Fault {
  const order = `${point}:${dice.between(1, 6)}`;
  return {
    class: 'crash',
    says: `kill -9 ${service}, and again at ${order}`,
    // Two deaths: of the process that was running, and of the armed one.
    strike: async ({ fleet }) => ((await fleet.killAt(service, order, CRASH_MILLIS)) ? 2 : 1),
  };
}

/** A different process for each point, as far as there are any, so that they can die beside each other. */
export function crashes(dice: Dice, count: number): Fault[] {
  const free = new Set<ServiceName>(SERVICES);
  return dice.some(CRASH_POINTS, CRASH_POINTS.length).flatMap((point) => {
    const candidates = PASSES[point].filter((service) => free.has(service));
    if (candidates.length === 0 || SERVICES.length - free.size >= count) return [];
    const service = dice.pick(candidates);
    free.delete(service);
    return [crash(dice, point, service)];
  });
}

export function freeze(dice: Dice): Fault {
  const service = dice.pick(SERVICES);
  const lasts = dice.between(500, 12_000);
  return {
    class: 'freeze',
    says: `SIGSTOP ${service} for ${lasts} ms`,
    strike: async ({ fleet }) => {
      fleet.freeze(service);
      await sleep(lasts);
      fleet.thaw(service);
      return 1;
    },
  };
}

/** Within what the services allow each other (five minutes), and so that what waits is still seen in time. */
const LARGEST_JUMP_SECONDS = 45;

export function clock(dice: Dice): Fault {
  const service = dice.pick(SERVICES);
  const seconds = dice.between(2, LARGEST_JUMP_SECONDS) * dice.pick([1, -1]);
  const lasts = dice.between(500, 3_000);
  return {
    class: 'clock',
    says: `the clock of ${service} jumps by ${seconds} s, and back after ${lasts} ms`,
    strike: async ({ fleet }) => {
      fleet.shiftClock(service, seconds * 1_000);
      await sleep(lasts);
      fleet.shiftClock(service, 0);
      return 1;
    },
  };
}
