import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '#contracts';
import type { Dice } from '../dice.js';
import { ask, connected } from '../witness.js';
import type { Fault } from './fault.js';

export function brokerKill(dice: Dice): Fault {
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

export function brokerStop(dice: Dice): Fault {
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

const ALARMS = [
  {
    name: 'memory',
    sound: ['set_vm_memory_high_watermark', 'absolute', '1000000'],
    silence: ['set_vm_memory_high_watermark', 'absolute', '1000000000'],
  },
  {
    name: 'disk',
    sound: ['set_disk_free_limit', 'mem_relative', '1000.0'],
    silence: ['set_disk_free_limit', '50MB'],
  },
];

export function brokerAlarm(dice: Dice): Fault {
  const lasts = dice.between(1_000, 4_000);
  const { name, sound, silence } = dice.pick(ALARMS);
  return {
    class: 'broker-alarm',
    says: `RabbitMQ's ${name} alarm for ${lasts} ms: publishers are blocked`,
    strike: async (world) => {
      await world.ctl(...sound);
      await sleep(lasts);
      await world.ctl(...silence);
      return 1;
    },
  };
}

export function databaseStop(dice: Dice): Fault {
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

export function backends(dice: Dice): Fault {
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

/** Rows that many works need at the same time. */
const HOT_ROWS = [
  `wallet.accounts WHERE kind <> 'wallet'`,
  `wallet.accounts WHERE kind = 'wallet'`,
  `payment.payments WHERE status IN ('PENDING', 'PROCESSING')`,
  `billing.bills WHERE status = 'unpaid'`,
  `audit.chain_head`,
];

export function locks(dice: Dice): Fault {
  const rows = dice.pick(HOT_ROWS);
  const lasts = dice.between(500, 2_500);
  return {
    class: 'locks',
    says: `somebody is idle in a transaction for ${lasts} ms and has locked ${rows}`,
    strike: async ({ databaseUrl }) => {
      await connected(databaseUrl, async (client) => {
        await client.query('BEGIN');
        await client.query(`SELECT FROM ${rows} FOR UPDATE`);
        await sleep(lasts);
        await client.query('ROLLBACK');
      });
      return 1;
    },
  };
}

/** The bus gets again what it had: as after a crash between the confirmation and its mark, for many at once. */
export function republish(dice: Dice): Fault {
  const service = dice.pick(SERVICES.filter((name) => name !== 'audit' && name !== 'notification'));
  const events = dice.between(20, 200);
  return {
    class: 'republish',
    says: `the last ${events} events of ${service} are published again`,
    strike: async ({ databaseUrl }) => {
      await ask(
        databaseUrl,
        `UPDATE ${service}.outbox SET published_at = NULL, relay_after = now()
         WHERE id IN (SELECT id FROM ${service}.outbox WHERE published_at IS NOT NULL ORDER BY id DESC LIMIT $1)`,
        [events],
      );
      return 1;
    },
  };
}

export function diskFull(dice: Dice): Fault {
  const lasts = dice.between(500, 3_000);
  return {
    class: 'disk-full',
    says: `PostgreSQL's disk is full for ${lasts} ms`,
    strike: async (world) => {
      await world.fillDisk();
      await sleep(lasts);
      await world.emptyDisk();
      return 1;
    },
  };
}
