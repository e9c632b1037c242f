import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '#contracts';
import type { Dice } from '../dice.js';
import type { FaultWorld } from '../fault-world.js';
import type { TcpProxy } from '../tcp-proxy.js';
import type { Fault } from './fault.js';

type Way = { name: string; of: (world: FaultWorld) => TcpProxy };
const SERVERS: Way[] = [
  { name: 'PostgreSQL', of: ({ toDatabase }) => toDatabase },
  { name: 'RabbitMQ', of: ({ toBroker }) => toBroker },
];
/** The ways of requests from service to service. */
const REQUESTS: Way[] = SERVICES.map((name) => ({ name, of: ({ toServices }) => toServices[name] }));

export const network = (dice: Dice) => disturbance('network', SERVERS, dice);
export const requests = (dice: Dice) => disturbance('requests', REQUESTS, dice);

function disturbance(name: string, ways: Way[], dice: Dice): Fault {
  const way = dice.pick(ways);
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
    class: name,
    says: `between the services and ${way.name} ${what}`,
    strike: async (world) => {
      await sleep(wait);
      await happens(way.of(world));
      return 1;
    },
  };
}

export function halfOpen(dice: Dice): Fault {
  const way = dice.pick([...SERVERS, dice.pick(REQUESTS)]);
  return {
    class: 'half-open',
    says: `all connections to ${way.name} stay open and say nothing any more`,
    strike: async (world) => {
      way.of(world).halfOpen();
      return 1;
    },
  };
}

const SMS_MILLIS = 2_000;
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

export function sms(dice: Dice): Fault {
  const fault = dice.pick(SMS_FAULTS);
  const times = dice.between(1, 4);
  return {
    class: 'sms',
    says: `${times} SMS: ${fault}`,
    // What has struck nobody is taken back: it would strike one message again and again, once there are no others.
    strike: async ({ simulators: { twilio } }) => {
      const { id } = twilio.faults.order({ fault, times });
      const deadline = performance.now() + SMS_MILLIS;
      while (twilio.faults.list().some((open) => open.id === id) && performance.now() < deadline)
        await sleep(20);
      twilio.faults.cancel(id);
      return 1;
    },
  };
}

export function herd(dice: Dice): Fault {
  const each = dice.between(10, 30);
  return {
    class: 'herd',
    says: `every customer sends ${each} orders at once`,
    strike: async (_, load) => {
      await load.burst(each);
      return 1;
    },
  };
}
