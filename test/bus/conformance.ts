import { randomBytes } from 'node:crypto';
import { type Envelope, PaymentCompleted } from '#contracts';
import { FakeClock, newId, systemClock } from '#kernel';
import { type BusMessage, type Delivery, type Transport, Unroutable } from '#messaging';
import type { RunningService } from '#service-host';
import { createTestDatabase, deliverTwice, type TestDatabase, until } from '#testing';
import { BROADCAST } from './broadcast.js';
import { POISON } from './poison.js';
import { completed, type Plan, startTestConsumer } from './test-consumer.js';

/** One bus, as several processes see it: each `open` is another process's door. */
export interface TestBus {
  open(): Transport;
  close(): Promise<void>;
}

/** A mistake planted on purpose; the suite has to catch it. */
export type Bug = 'no inbox' | 'early ack' | 'swallowed throw';

export interface ConformanceCase {
  name: string;
  run(world: World): Promise<void>;
}

const EVENT = PaymentCompleted.name;
const PEERS = ['billing', 'wallet', 'notification', 'audit'] as const;

/** The bus, a database, and what a case started; everything ends with `close`. */
export class World {
  private readonly transports: Transport[] = [];
  private readonly services: RunningService[] = [];

  private constructor(
    readonly bus: TestBus,
    readonly database: TestDatabase,
    readonly bug: Bug | undefined,
  ) {}

  static async make(bus: TestBus, bug?: Bug): Promise<World> {
    const database = await createTestDatabase('conformance', async (url) => {
      const service = await startTestConsumer(url, idle);
      await service.close();
    });
    if (bug === 'no inbox') await database.rows('ALTER TABLE billing.inbox DROP CONSTRAINT inbox_pkey');
    return new World(bus, database, bug);
  }

  async door(): Promise<Transport> {
    const transport = this.bus.open();
    this.transports.push(transport);
    await transport.start();
    return transport;
  }

  /** The other subscribers of the event take everything, so that a publish can be confirmed. */
  async playPeers(except: readonly string[] = ['billing']): Promise<void> {
    const transport = await this.door();
    for (const service of PEERS) {
      if (!except.includes(service)) await transport.consume(service, (delivery) => delivery.ack());
    }
  }

  async service(options: { plan?: Plan; clock?: FakeClock; twice?: boolean } = {}): Promise<RunningService> {
    let transport = this.bus.open();
    if (options.twice) transport = deliverTwice(transport);
    if (this.bug === 'early ack') transport = ackingEarly(transport);
    if (this.bug === 'swallowed throw') {
      for (const [id, action] of options.plan ?? []) if (action === 'throw') options.plan?.set(id, 'swallow');
    }
    const service = await startTestConsumer(this.database.url, transport, options);
    this.services.push(service);
    return service;
  }

  async count(): Promise<number> {
    const [row] = await this.database.rows<{ count: string }>('SELECT count FROM billing.counters');
    return Number(row!.count);
  }

  inbox(state: string): Promise<{ event_id: string; error: string; attempts: number }[]> {
    return this.database.rows('SELECT event_id, error, attempts FROM billing.inbox WHERE state = $1', [
      state,
    ]);
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.close().catch(() => undefined); // a case may have closed it
    for (const transport of this.transports) await transport.close();
    await this.bus.close();
    await this.database.drop();
  }
}

/** Publishes as the relay does: again, until the bus has confirmed. */
async function publishSurely(door: Transport, message: BusMessage): Promise<void> {
  await until('the publish is confirmed', () =>
    door.publish(message).then(
      () => true,
      () => false,
    ),
  );
}

const packed = (events: Envelope[]) => ({ routingKey: EVENT, body: JSON.stringify(events) });

export const CONFORMANCE: ConformanceCase[] = [
  {
    name: 'a message reaches every subscribed service once, and no other',
    async run(world) {
      const door = await world.door();
      const heard: string[] = [];
      for (const service of [...PEERS, 'payment'] as const) {
        await door.consume(service, (delivery) => {
          heard.push(service);
          delivery.ack();
        });
      }
      await door.publish(packed([completed(systemClock)]));
      await until('all four have it', () => heard.length >= PEERS.length);
      expect(heard.sort()).toEqual([...PEERS].sort());
    },
  },
  {
    name: 'instances of one service compete for its messages',
    async run(world) {
      await world.playPeers();
      const [one, other] = [await world.door(), await world.door()];
      const heard: string[] = [];
      const take = (who: string) => (delivery: Delivery) => {
        heard.push(`${who} ${(JSON.parse(delivery.body) as Envelope[])[0]!.id}`);
        delivery.ack();
      };
      await one.consume('billing', take('one'));
      await other.consume('billing', take('other'));
      const events = Array.from({ length: 20 }, () => completed(systemClock));
      await Promise.all(events.map((event) => one.publish(packed([event]))));
      await until('all are delivered', () => heard.length >= events.length);
      expect(new Set(heard.map((line) => line.split(' ')[1])).size).toBe(events.length);
      expect(heard).toHaveLength(events.length);
      expect(new Set(heard.map((line) => line.split(' ')[0]))).toEqual(new Set(['one', 'other']));
    },
  },
  {
    name: 'a message comes again until it is acknowledged',
    async run(world) {
      await world.playPeers();
      const door = await world.door();
      let deliveries = 0;
      await door.consume('billing', (delivery) => {
        deliveries += 1;
        if (deliveries < 4) delivery.requeue();
        else delivery.ack();
      });
      await door.publish(packed([completed(systemClock)]));
      await until('it was acknowledged', () => deliveries >= 4);
      expect(deliveries).toBe(4);
    },
  },
  {
    name: 'what an instance held when it closed goes to the next one',
    async run(world) {
      await world.playPeers();
      const first = await world.door();
      const held: string[] = [];
      await first.consume('billing', (delivery) => void held.push(delivery.body));
      const publisher = await world.door();
      const event = completed(systemClock);
      const confirmed = publishSurely(publisher, packed([event]));
      await until('the first holds it', () => held.length > 0);
      await first.close();
      const next: string[] = [];
      const second = await world.door();
      await second.consume('billing', (delivery) => {
        next.push(delivery.body);
        delivery.ack();
      });
      await until('the second has it', () => next.length > 0);
      expect(next[0]).toEqual(held[0]);
      await confirmed;
    },
  },
  {
    name: 'a message that no service is subscribed to is an error, not a success',
    async run(world) {
      const door = await world.door();
      await expect(door.publish({ routingKey: 'nobody_listens', body: '[]' })).rejects.toThrow(Unroutable);
    },
  },
  {
    name: 'a duplicate has no second effect',
    async run(world) {
      await world.playPeers();
      await world.service({ twice: true });
      const door = await world.door();
      const events = Array.from({ length: 10 }, () => completed(systemClock));
      await door.publish(packed(events));
      await door.publish(packed(events));
      await until('every event had its effect', async () => (await world.count()) >= events.length);
      const last = completed(systemClock);
      await door.publish(packed([last]));
      await until('a later event is through', async () =>
        (await world.inbox('done')).some((it) => it.event_id === last.id),
      );
      expect(await world.count()).toBe(events.length + 1);
    },
  },
  {
    name: 'what a handler throws rolls its effect back and is tried again later',
    async run(world) {
      await world.playPeers();
      const clock = new FakeClock();
      const [bad, good] = [completed(clock), completed(clock)];
      const plan: Plan = new Map([[bad.data.paymentId, 'throw']]);
      const service = await world.service({ plan, clock });
      await (await world.door()).publish(packed([bad, good]));
      const [failed] = await until(
        'the failure is noted',
        async () => {
          const rows = await world.inbox('retry');
          return rows.length > 0 && rows;
        },
        5_000,
      );
      expect(failed).toMatchObject({
        event_id: bad.id,
        attempts: 1,
        error: 'Error: this payment is not for us',
      });
      expect(await world.count()).toBe(1);
      plan.clear();
      clock.advance(1_001);
      await until('it had its effect', async () => (await world.count()) === 2);
      expect(await world.inbox('retry')).toHaveLength(0);
      await service.close();
    },
  },
  {
    name: 'after five attempts an event is dead, and nothing of it happened',
    async run(world) {
      await world.playPeers();
      const clock = new FakeClock();
      const bad = completed(clock);
      await world.service({ plan: new Map([[bad.data.paymentId, 'throw']]), clock });
      await (await world.door()).publish(packed([bad]));
      for (let attempts = 1; attempts < 5; attempts++) {
        await until(
          `attempt ${attempts} is noted`,
          async () => (await world.inbox('retry'))[0]?.attempts === attempts,
        );
        clock.advance(600_001);
      }
      const [dead] = await until('it is dead', async () => {
        const rows = await world.inbox('dead');
        return rows.length > 0 && rows;
      });
      expect(dead).toMatchObject({ event_id: bad.id, attempts: 5 });
      expect(await world.count()).toBe(0);
    },
  },
  {
    name: 'a message is acknowledged after the commit, so an instance that dies before it loses nothing',
    async run(world) {
      await world.playPeers();
      const first = await world.service();
      const release = await holdCounter(world);
      const publisher = await world.door();
      const confirmed = publishSurely(publisher, packed([completed(systemClock)]));
      await until('the handler waits in its transaction', () => somebodyWaits(world));
      await first.parts.transport.close(); // from here on as a killed process: it acknowledges and writes nothing more
      await Promise.all([killBackends(world), first.parts.dataSource.destroy()]);
      await release();
      await world.service();
      await until('the next instance did it', async () => (await world.count()) === 1);
      await confirmed;
    },
  },
  {
    name: 'an event that was committed while the bus was away is published when it is back',
    async run(world) {
      const clock = new FakeClock();
      const service = await world.service({ clock });
      const heard: string[] = [];
      await world.playPeers(['billing', 'audit']);
      await service.parts.transport.close();
      const userId = newId();
      const { UserRegistered } = await import('#contracts');
      const payload = { userId, role: 'household' as const, language: 'en', sealedContact: 'sealed' };
      await service.parts.requests.run({ correlationId: newId() }, async (tx) =>
        tx.publish(UserRegistered, userId, payload),
      );
      const [waiting] = await world.database.rows('SELECT published_at FROM billing.outbox');
      expect(waiting).toEqual({ published_at: null });
      const later = await world.service({ clock });
      const listener = await world.door();
      await listener.consume('audit', (delivery) => {
        heard.push(...(JSON.parse(delivery.body) as Envelope[]).map((event) => event.subject));
        delivery.ack();
      });
      clock.advance(10_000);
      await until('the sweep has published it', () => heard.includes(userId));
      await until('and marked it', async () => {
        const rows = await world.database.rows('SELECT 1 FROM billing.outbox WHERE published_at IS NOT NULL');
        return rows.length === 1;
      });
      await later.close();
    },
  },
  ...POISON,
  ...BROADCAST,
];

/** Planted bug: the message is acknowledged when it arrives. */
function ackingEarly(transport: Transport): Transport {
  return {
    get connected() {
      return transport.connected;
    },
    start: () => transport.start(),
    publish: (message) => transport.publish(message),
    depth: (service) => transport.depth(service),
    listen: (routingKeys, onMessage) => transport.listen(routingKeys, onMessage),
    close: () => transport.close(),
    consume: (service, onDelivery) =>
      transport.consume(service, (delivery) => {
        delivery.ack();
        onDelivery({ body: delivery.body, ack: () => undefined, requeue: () => undefined });
      }),
  };
}

/** For making the template database: no bus is needed. */
const idle: Transport = {
  connected: true,
  start: () => Promise.resolve(),
  publish: () => Promise.resolve(),
  consume: () => Promise.resolve({ stop: () => Promise.resolve() }),
  listen: () => Promise.resolve({ stop: () => Promise.resolve() }),
  depth: () => Promise.resolve(0),
  close: () => Promise.resolve(),
};

async function holdCounter(world: World): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: world.database.url, application_name: 'the test' });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT * FROM billing.counters FOR UPDATE');
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}

async function somebodyWaits(world: World): Promise<boolean> {
  const rows = await world.database.rows(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'wattline%'`,
  );
  return rows.length > 0;
}

async function killBackends(world: World): Promise<void> {
  await world.database.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'wattline%'`,
  );
}

export function uniquePrefix(): string {
  return `test${randomBytes(4).toString('hex')}`;
}
