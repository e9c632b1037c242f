import { randomBytes } from 'node:crypto';
import {
  type Envelope,
  eventsOf,
  type EventDefinition,
  type PayloadOf,
  type ServiceName,
  SERVICES,
  SUBSCRIPTIONS,
} from '#contracts';
import { newId, systemClock, type Clock } from '#kernel';
import {
  EmbeddedBus,
  EffectRow,
  InboxRow,
  MESSAGING_MIGRATIONS,
  OutboxRow,
  wrap,
  type Transport,
} from '#messaging';
import { openDataSource } from '#persistence';
import {
  type BaseSettings,
  CALLER_HEADER,
  type Role,
  type RunningService,
  runService,
  type ServiceDefinition,
  signCaller,
} from '#service-host';
import { ApiClient } from './api-client.js';
import { deliverTwice } from './deliver-twice.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { until } from './until.js';

export interface TestServiceOptions {
  environment?: Record<string, string>;
  clock?: Clock;
  /** Every message arrives twice, unless this is false. */
  twice?: boolean;
}

/** One service on a database and an embedded bus of its own; the test plays all the others. */
export interface TestService<S extends BaseSettings = BaseSettings> {
  running: RunningService<S>;
  database: TestDatabase;
  /** Everything the service has published, in the order of its delivery. */
  published: Envelope[];
  /** Publishes an event as another service would. Resolves when this service has stored it. */
  publish<E extends EventDefinition>(
    event: E,
    subject: string,
    payload: PayloadOf<E>,
  ): Promise<Envelope<PayloadOf<E>>>;
  /** Puts a message on the bus as it is. */
  send(routingKey: string, body: string): Promise<void>;
  /** The next (or an earlier) published event of this kind about this subject. */
  untilPublished<E extends EventDefinition>(event: E, subject?: string): Promise<Envelope<PayloadOf<E>>>;
  /** The service's API as a signed-in person. */
  as(userId: string, role?: Role): ApiClient;
  /** The service's API as another service. */
  asService(service: ServiceName): ApiClient;
  stop(): Promise<void>;
}

export async function startTestService<S extends BaseSettings>(
  definition: ServiceDefinition<S>,
  options: TestServiceOptions = {},
): Promise<TestService<S>> {
  const database = await createTestDatabase(definition.name, (url) =>
    migrate(definition as ServiceDefinition, url),
  );
  const bus = new EmbeddedBus(SUBSCRIPTIONS);
  const published: Envelope[] = [];
  const world = await playTheOthers(bus, definition.name, published);
  const secret = randomBytes(32).toString('hex');
  const running = await runService(definition, {
    environment: {
      DATABASE_URL: database.url,
      PORT: '0',
      INTERNAL_SECRET: secret,
      TOKEN_SECRET: randomBytes(32).toString('hex'),
      LOG_LEVEL: 'silent',
      ...options.environment,
    },
    transport: options.twice === false ? bus.transport() : deliverTwice(bus.transport()),
    clock: options.clock,
  });
  const clock = options.clock ?? systemClock;
  const client = (caller: object) =>
    new ApiClient(running.url, {
      [CALLER_HEADER]: signCaller(
        { correlationId: newId(), ...caller } as never,
        secret,
        clock.now().getTime(),
      ),
    });
  return {
    running,
    database,
    published,
    publish: async (event, subject, payload) => {
      const envelope = wrap(event, subject, payload, clock, { correlationId: newId() });
      await bus.publish({ routingKey: event.name, body: JSON.stringify([envelope]) });
      return envelope;
    },
    send: (routingKey, body) => bus.publish({ routingKey, body }),
    untilPublished: <E extends EventDefinition>(event: E, subject?: string) =>
      until(`${event.name} is published`, () =>
        published.find(
          (it): it is Envelope<PayloadOf<E>> =>
            it.type.startsWith(`wattline.${event.name}.`) &&
            (subject === undefined || it.subject === subject),
        ),
      ),
    as: (userId, role = 'household') => client({ kind: 'user', userId, role }),
    asService: (service) => client({ kind: 'service', service }),
    stop: async () => {
      await running.close();
      await world.close();
      await database.drop();
    },
  };
}

async function migrate(definition: ServiceDefinition, url: string): Promise<void> {
  const dataSource = await openDataSource({
    url,
    schema: definition.name,
    entities: [OutboxRow, InboxRow, EffectRow, ...definition.entities],
    migrations: [...MESSAGING_MIGRATIONS, ...definition.migrations],
    poolSize: 2,
  });
  await dataSource.destroy();
}

/** The other services: they take everything, and audit hears every event once. */
async function playTheOthers(bus: EmbeddedBus, service: ServiceName, heard: Envelope[]): Promise<Transport> {
  const transport = bus.transport();
  await transport.start();
  const recorder = SERVICES.find((other) => other === 'audit' && other !== service);
  for (const other of SERVICES) {
    if (other === service || eventsOf(other).length === 0) continue;
    await transport.consume(other, (delivery) => {
      if (other === recorder) heard.push(...(JSON.parse(delivery.body) as Envelope[]));
      delivery.ack();
    });
  }
  return transport;
}
