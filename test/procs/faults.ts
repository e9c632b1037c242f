import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '#contracts';
import { CRASH_POINTS, type CrashPoint } from '#persistence';
import type { Dice } from './dice.js';
import type { FaultWorld } from './fault-world.js';
import type { TcpProxy } from './tcp-proxy.js';

/** One thing that goes wrong. `strike` returns how many faults it was, once the last of them is over. */
export interface Fault {
  class: string;
  /** With what the dice have decided. */
  says: string;
  strike(world: FaultWorld): Promise<number>;
}

/** Several faults after which the system is looked at. */
export interface FaultGroup {
  class: string;
  faults: Fault[];
  /** They strike beside each other, or one after the other. */
  together: boolean;
}

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

function kill(dice: Dice): Fault {
  const service = dice.pick(SERVICES);
  const wait = dice.between(0, 400);
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

function crash(dice: Dice, point: CrashPoint, service: ServiceName): Fault {
  const order = `${point}:${dice.between(1, 6)}`;
  return {
    class: 'crash',
    says: `kill -9 ${service}, and again at ${order}`,
    // Two deaths: of the process that was running, and of the armed one.
    strike: async ({ fleet }) => ((await fleet.killAt(service, order, CRASH_MILLIS)) ? 2 : 1),
  };
}

/** A different process for each point, as far as there are any, so that they can die beside each other. */
function crashes(dice: Dice, count: number): Fault[] {
  const free = new Set<ServiceName>(SERVICES);
  return dice.some(CRASH_POINTS, CRASH_POINTS.length).flatMap((point) => {
    const candidates = PASSES[point].filter((service) => free.has(service));
    if (candidates.length === 0 || SERVICES.length - free.size >= count) return [];
    const service = dice.pick(candidates);
    free.delete(service);
    return [crash(dice, point, service)];
  });
}

function brokerKill(dice: Dice): Fault {
  const away = dice.between(100, 2_000);
  return {
    class: 'broker-kill',
    says: `RabbitMQ killed, away for ${away} ms and its start`,
    strike: async ({ broker }) => {
      await broker.kill();
      await sleep(away);
      await broker.start();
      return 1;
    },
  };
}

function brokerStop(dice: Dice): Fault {
  const away = dice.between(100, 1_500);
  return {
    class: 'broker-stop',
    says: `rabbitmqctl stop_app, start_app after ${away} ms`,
    strike: async (world) => {
      await world.ctl('stop_app');
      await sleep(away);
      await world.ctl('start_app');
      return 1;
    },
  };
}

function brokerAlarm(dice: Dice): Fault {
  const lasts = dice.between(1_000, 4_000);
  return {
    class: 'broker-alarm',
    says: `RabbitMQ's memory alarm for ${lasts} ms: publishers are blocked`,
    strike: async (world) => {
      await world.ctl('set_vm_memory_high_watermark', 'absolute', '1000000');
      await sleep(lasts);
      await world.ctl('set_vm_memory_high_watermark', 'absolute', '1000000000');
      return 1;
    },
  };
}

function databaseStop(dice: Dice): Fault {
  const away = dice.between(100, 3_000);
  return {
    class: 'database-stop',
    says: `PostgreSQL stopped at once, away for ${away} ms and its recovery`,
    strike: async (world) => {
      await world.stopDatabase();
      await sleep(away);
      await world.startDatabase();
      return 1;
    },
  };
}

function backends(dice: Dice): Fault {
  const share = dice.between(1, 10) / 10;
  const wait = dice.between(0, 300);
  return {
    class: 'backends',
    says: `pg_terminate_backend of ${share * 100} % of the connections`,
    strike: async (world) => {
      await sleep(wait);
      const all = await world.backends();
      await world.endBackends(dice.some(all, Math.ceil(all.length * share)));
      return 1;
    },
  };
}

function freeze(dice: Dice): Fault {
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

type Way = { name: string; of: (world: FaultWorld) => TcpProxy };
const WAYS: Way[] = [
  { name: 'PostgreSQL', of: ({ toDatabase }) => toDatabase },
  { name: 'RabbitMQ', of: ({ toBroker }) => toBroker },
];

function network(dice: Dice): Fault {
  const way = dice.pick(WAYS);
  const millis = dice.between(500, 3_000);
  const delay = dice.between(20, 150);
  const wait = dice.between(0, 400);
  const kinds: [string, (proxy: TcpProxy) => Promise<void>][] = [
    ['connections are reset', async (proxy) => void proxy.reset()],
    [
      `every packet is ${delay} ms late, for ${millis} ms`,
      async (proxy) => {
        proxy.delayMillis = delay;
        await sleep(millis);
        proxy.delayMillis = 0;
      },
    ],
    [
      `nothing passes for ${millis} ms`,
      async (proxy) => {
        proxy.partition();
        await sleep(millis);
        proxy.heal();
      },
    ],
  ];
  const [what, happens] = dice.pick(kinds);
  return {
    class: 'network',
    says: `between the services and ${way.name} ${what}`,
    strike: async (world) => {
      await sleep(wait);
      await happens(way.of(world));
      return 1;
    },
  };
}

function halfOpen(dice: Dice): Fault {
  const way = dice.pick(WAYS);
  return {
    class: 'half-open',
    says: `all connections to ${way.name} stay open and say nothing any more`,
    strike: async (world) => {
      way.of(world).halfOpen();
      return 1;
    },
  };
}

const SMS_FAULTS = [
  '429',
  '5xx',
  'accept-then-drop',
  'drop-before-accept',
  'wrong-body',
  'callbacks-out-of-order',
  'callbacks-twice',
  'no-callbacks',
] as const;

function sms(dice: Dice): Fault {
  const fault = dice.pick(SMS_FAULTS);
  const times = dice.between(1, 4);
  return {
    class: 'sms',
    says: `${times} SMS: ${fault}`,
    strike: async ({ simulators }) => {
      simulators.twilio.faults.order({ fault, times });
      return 1;
    },
  };
}

interface Kind {
  /** How often the schedule takes it, against the others. */
  weight: number;
  group: (dice: Dice) => Omit<FaultGroup, 'class'>;
}

const several =
  (make: (dice: Dice) => Fault, least: number, most: number, together = false) =>
  (dice: Dice) => ({ together, faults: Array.from({ length: dice.between(least, most) }, () => make(dice)) });

export const KINDS: Readonly<Record<string, Kind>> = {
  kill: { weight: 3, group: several(kill, 6, 12) },
  crash: { weight: 5, group: (dice) => ({ together: true, faults: crashes(dice, 5) }) },
  'broker-kill': { weight: 1, group: several(brokerKill, 1, 1) },
  'broker-stop': { weight: 1, group: several(brokerStop, 1, 1) },
  'broker-alarm': { weight: 1, group: several(brokerAlarm, 1, 1) },
  'database-stop': { weight: 2, group: several(databaseStop, 1, 2) },
  backends: { weight: 1, group: several(backends, 4, 8) },
  freeze: { weight: 1, group: several(freeze, 2, 3, true) },
  network: { weight: 2, group: several(network, 4, 7) },
  'half-open': { weight: 1, group: several(halfOpen, 1, 1) },
  sms: { weight: 1, group: several(sms, 5, 8) },
};

/** Many of them in a few seconds. */
const QUICK = ['kill', 'crash', 'backends', 'network', 'sms'];

/** Which group comes next. All kinds come once before any comes again; then, in a hurry, only the quick ones do. */
export function* schedule(dice: Dice, classes: readonly string[], hurry = false): Generator<FaultGroup> {
  const unknown = classes.filter((name) => !Object.hasOwn(KINDS, name));
  if (unknown.length > 0) throw new Error(`no such faults: ${unknown.join(', ')}; there are ${Object.keys(KINDS).join(', ')}`); // prettier-ignore
  const names = classes.length > 0 ? classes : Object.keys(KINDS);
  const draw = (name: string): FaultGroup => ({ class: name, ...KINDS[name]!.group(dice) });
  for (const name of dice.some(names, names.length)) yield draw(name);
  const again = hurry ? names.filter((name) => QUICK.includes(name)) : names;
  const tickets = again.flatMap((name) => Array<string>(KINDS[name]!.weight).fill(name));
  for (;;) yield draw(dice.pick(tickets));
}
