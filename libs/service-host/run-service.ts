import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { type ServiceName, SUBSCRIPTIONS } from '#contracts';
import { type Clock, systemClock } from '#kernel';
import {
  BusStrategy,
  Consumer,
  EffectRow,
  EffectRunner,
  Housekeeping,
  Inbox,
  InboxRow,
  MESSAGING_MIGRATIONS,
  OutboxRow,
  RabbitMqTransport,
  Relay,
  RetryFailedEvents,
  type Transport,
  Tx,
} from '#messaging';
import {
  type Batch,
  type Class,
  type MigrationClass,
  openDataSource,
  UnitOfWork,
  type WorkContext,
} from '#persistence';
import type { ValidatorSpec } from 'envalid';
import { type Authenticator, SignedCallerAuthenticator } from './caller.guard.js';
import { Connections } from './connections.js';
import { obeyCrashOrder } from './crash-orders.js';
import { settingsOf } from './definition-settings.js';
import { HostModule } from './host.module.js';
import { InternalClient } from './internal-client.js';
import { type Log, makeLog, nestLog } from './log.js';
import { Metrics } from './metrics.js';
import { openApiOf } from './openapi.js';
import { ProblemFilter, sendProblem, validationPipe } from './problem.filter.js';
import { Readiness } from './readiness.js';
import { watchRequests } from './request-metrics.js';
import { type BaseSettings, type Environment, WrongSettings } from './settings.js';

const UNHURRIED_MILLIS = 50;

/** All that distinguishes one service from another. */
export interface ServiceDefinition<S extends BaseSettings = BaseSettings> {
  name: ServiceName;
  module: Type;
  entities: Class[];
  migrations: MigrationClass[];
  settings: { [K in keyof S]: ValidatorSpec<S[K]> };
  /** Nobody waits for what it does: its events may gather for longer, and cost less. */
  unhurried?: boolean;
  /** What is wrong with settings that are each right: in production, say, the values of the demo. */
  refuse?: (settings: S) => string[];
  /** Who may call; by default whoever holds the internal secret. */
  authenticator?: Type<Authenticator>;
  /** For routes that are not Nest controllers; called before Nest registers its own. */
  prepare?: (app: NestFastifyApplication, parts: ServiceParts<S>) => Promise<void>;
  /** What the service tidies up of its own, every hour and before it starts to work. */
  tidyUp?: (parts: ServiceParts<S>) => Promise<void>;
  /** What has to have happened, once it listens, before the service is ready. */
  beforeReady?: (parts: ServiceParts<S>) => Promise<void>;
  /** Makes what the demo needs of this service, once; runs with SEED_DEMO, before the service is ready. */
  seedDemo?: (app: NestFastifyApplication, parts: ServiceParts<S>) => Promise<void>;
}

export interface ServiceParts<S extends BaseSettings = BaseSettings> {
  name: ServiceName;
  settings: S;
  log: Log;
  clock: Clock;
  metrics: Metrics;
  dataSource: DataSource;
  transport: Transport;
  relay: Relay;
  effects: EffectRunner;
  inbox: Inbox;
  /** Requests share transactions here. */
  requests: UnitOfWork<Tx>;
  client: InternalClient;
  readiness: Readiness;
  housekeeping: Housekeeping;
}

export interface RunOptions {
  environment: Environment;
  /** The service's door to the bus; by default RabbitMQ at AMQP_URL. */
  transport?: Transport;
  clock?: Clock;
}

export interface RunningService<S extends BaseSettings = BaseSettings> {
  name: ServiceName;
  url: string;
  app: NestFastifyApplication;
  parts: ServiceParts<S>;
  close(): Promise<void>;
}

/** Starts one service. Everything that it needs is made here, once, and closed in reverse by `close`. */
export async function runService<S extends BaseSettings>(
  definition: ServiceDefinition<S>,
  options: RunOptions,
): Promise<RunningService<S>> {
  const settings = settingsOf(definition, options.environment);
  const parts = await makeParts(definition, settings, options);
  const { log, transport, relay, effects } = parts;
  const strategy: BusStrategy = new BusStrategy(definition.name, SUBSCRIPTIONS, () => consumer.start());
  const consumer = new Consumer(definition.name, transport, parts.inbox, strategy.handle, {
    onHandled: ({ id, type, correlationid, time }) => {
      parts.metrics.rate.handled(time, parts.clock.now().getTime());
      parts.metrics.handled.inc({ event: type });
      log.info({ event: type, eventId: id, correlationId: correlationid }, 'event handled');
    },
    onFailed: ({ id, type, correlationid }, error, state) => {
      parts.metrics.failed.inc({ event: type, state });
      log.error(
        { err: error, event: type, eventId: id, correlationId: correlationid, state },
        'event failed',
      );
    },
    onProblem: (text, error) => log.warn({ err: error }, text),
  });
  const retries = new RetryFailedEvents(
    parts.dataSource,
    parts.inbox,
    strategy.handle,
    parts.clock,
    (text, error) => log.warn({ err: error }, text),
  );
  const app = await makeApp(definition, parts, strategy);
  const connections = new Connections(app.getHttpServer());
  await parts.housekeeping.start();
  await transport.start();
  if (definitionConsumes(definition.name)) await app.startAllMicroservices();
  relay.start();
  effects.begin();
  retries.start();
  await app.listen(settings.PORT, settings.HOST);
  await definition.beforeReady?.(parts);
  if (settings.SEED_DEMO) await definition.seedDemo?.(app, parts);
  parts.readiness.open();
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  log.info({ url }, `${definition.name} is ready`);

  const close = async () => {
    parts.readiness.close();
    await connections.closing(() => app.close());
    await consumer.stop();
    await retries.stop();
    await parts.housekeeping.stop();
    await effects.stop();
    await relay.stop();
    await transport.close();
    await parts.client.close();
    await parts.dataSource.destroy();
    log.info(`${definition.name} has stopped`);
  };
  return { name: definition.name, url, app, parts, close };
}

function definitionConsumes(service: ServiceName): boolean {
  return Object.values(SUBSCRIPTIONS).some((services) => services.includes(service));
}

async function makeParts<S extends BaseSettings>(
  definition: ServiceDefinition<S>,
  settings: S,
  options: RunOptions,
): Promise<ServiceParts<S>> {
  const { name } = definition;
  const log = makeLog(name, settings.LOG_LEVEL);
  const clock = options.clock ?? systemClock;
  const metrics = new Metrics(name);
  const onProblem = (text: string, error?: unknown) => log.warn({ err: error }, text);
  const transport = options.transport ?? rabbitMq(settings, onProblem);
  const dataSource = await openDataSource({
    url: settings.DATABASE_URL,
    schema: name,
    entities: [OutboxRow, InboxRow, EffectRow, ...definition.entities],
    migrations: [...MESSAGING_MIGRATIONS, ...definition.migrations],
    poolSize: settings.POOL_SIZE,
  });
  const relay = new Relay(dataSource, transport, clock, { packSize: settings.PACK_SIZE, onProblem });
  const unhurried = definition.unhurried && settings.CONSUMER_PACE_MS > 0;
  const stream = (label: string, paceMillis: number, loadFrom?: number): UnitOfWork<Tx> =>
    new UnitOfWork<Tx>(
      dataSource,
      (batch: Batch, context: WorkContext) => new Tx(batch, context, { clock, relay, effects }),
      {
        batchSize: settings.BATCH_SIZE,
        paceMillis,
        loadFrom,
        lanes: 1,
        onBatch: (n) => metrics.batches.observe({ stream: label }, n),
      },
    );
  const events = (label: string) =>
    unhurried
      ? stream(label, Math.max(UNHURRIED_MILLIS, settings.CONSUMER_PACE_MS), 2)
      : stream(label, settings.CONSUMER_PACE_MS);
  const outcomes = events('effects');
  const effects: EffectRunner = new EffectRunner(dataSource, outcomes, clock, {
    concurrency: 64,
    leaseMillis: settings.EFFECT_LEASE_MS,
    onProblem,
  });
  const parts: ServiceParts<S> = {
    name,
    settings,
    log,
    clock,
    metrics,
    dataSource,
    transport,
    relay,
    effects,
    inbox: new Inbox(events('events'), clock, settings.EVENTS_KEEP_DAYS),
    requests: stream('requests', settings.REQUEST_PACE_MS),
    client: new InternalClient(name, settings, clock),
    readiness: new Readiness(),
    housekeeping: new Housekeeping(dataSource, clock, {
      keepDays: settings.EVENTS_KEEP_DAYS,
      onProblem,
      further: async () => definition.tidyUp?.(parts),
    }),
  };
  return parts;
}

function rabbitMq(settings: BaseSettings, onProblem: (text: string, error?: unknown) => void): Transport {
  if (!settings.AMQP_URL) {
    throw new WrongSettings(['AMQP_URL: is needed when the service runs in a process of its own']);
  }
  return new RabbitMqTransport({ url: settings.AMQP_URL, prefix: settings.BUS_PREFIX, onProblem });
}

async function makeApp<S extends BaseSettings>(
  definition: ServiceDefinition<S>,
  parts: ServiceParts<S>,
  strategy: BusStrategy,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: 64 * 1024,
    forceCloseConnections: 'idle',
    trustProxy: parts.settings.TRUSTED_PROXIES,
    // What the router cannot read never reaches a filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(request, reply, error, parts.log),
  });
  const root = HostModule.around(
    definition.module,
    parts,
    definition.authenticator ?? SignedCallerAuthenticator,
  );
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: nestLog(parts.log),
    abortOnError: false,
  });
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(parts.log));
  watchRequests(app.getHttpAdapter().getInstance(), parts.metrics);
  obeyCrashOrder(app.getHttpAdapter().getInstance(), parts.settings);
  await definition.prepare?.(app, parts);
  if (definitionConsumes(definition.name)) {
    app.connectMicroservice({ strategy }, { inheritAppConfig: false });
  }
  const document = openApiOf(app, definition.name);
  parts.readiness.openApi = () => document;
  return app;
}
