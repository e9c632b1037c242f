import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { SERVICES } from '#contracts';
import { openDataSource, prepareSchemas } from '#persistence';
import { EffectRow, InboxRow, MESSAGING_MIGRATIONS, OutboxRow } from '#messaging';
import { ApiClient, createTestDatabase, deliverTwice, type TestDatabase } from '#testing';
import {
  type RunningProcesses,
  type RunningSystem,
  startProcesses,
  startSystem,
  type SystemPlan,
} from '#wattline';
import { auditService } from '#audit';
import { billingService } from '#billing';
import { gatewayService } from '#gateway';
import { notificationService } from '#notification';
import { paymentService } from '#payment';
import { type Simulators, startSimulators } from '#simulators';
import { walletService } from '#wallet';
import { freePorts } from '../../libs/testing/broker/private-broker.js';

/** The whole system under test, wherever it runs. */
export interface SystemUnderTest {
  api: ApiClient;
  /** The phones of the SMS simulator. */
  phones: ApiClient;
  simulatorUrl: string;
  database: TestDatabase;
  plan: SystemPlan;
  system?: RunningSystem;
  processes?: RunningProcesses;
  stop(): Promise<void>;
}

export interface SystemUnderTestOptions {
  environment?: Record<string, string>;
  demo?: boolean;
}

/** One process on the embedded bus, or on RabbitMQ when AMQP_URL is given; every message is delivered twice. */
export async function startOneProcess(options: SystemUnderTestOptions = {}): Promise<SystemUnderTest> {
  const { plan, database } = await makePlan(options);
  const system = await startSystem(plan, { wrap: deliverTwice });
  return {
    ...clients(plan),
    database,
    plan,
    system,
    stop: async () => {
      await system.close();
      await database.drop();
    },
  };
}

/** Six processes on RabbitMQ, as `npm run start:services` runs them; needs the build in dist. */
export async function startSixProcesses(
  amqpUrl: string,
  options: SystemUnderTestOptions = {},
): Promise<SystemUnderTest> {
  const environment = {
    AMQP_URL: amqpUrl,
    BUS_PREFIX: `test${randomBytes(4).toString('hex')}`,
    ...options.environment,
  };
  const { plan, database } = await makePlan({ ...options, environment });
  const simulators = await simulatorsOf(plan);
  const dist = join(process.cwd(), 'dist/apps');
  const processes = await startProcesses(plan, { apps: dist });
  return {
    ...clients(plan),
    database,
    plan,
    processes,
    stop: async () => {
      await processes.close();
      await simulators.close();
      await database.drop();
    },
  };
}

async function makePlan({ environment, demo = true }: SystemUnderTestOptions) {
  const database = await systemDatabase();
  const [simPort, ...ports] = await freePorts(SERVICES.length + 1);
  const secret = () => randomBytes(32).toString('hex');
  const plan: SystemPlan = {
    demo,
    databaseUrl: database.url,
    simPort: simPort!,
    ports: Object.fromEntries(SERVICES.map((name, i) => [name, ports[i]!])) as SystemPlan['ports'],
    environment: {
      PATH: process.env.PATH,
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      SEED_DEMO: 'false',
      SMS_ASK_AFTER_MS: '300',
      INTERNAL_SECRET: secret(),
      JWT_SECRET: secret(),
      CONTACT_SECRET: secret(),
      TOKEN_SECRET: secret(),
      ...environment,
    },
  };
  return { plan, database };
}

function clients(plan: SystemPlan) {
  const simulatorUrl = `http://127.0.0.1:${plan.simPort}`;
  return {
    api: new ApiClient(`http://127.0.0.1:${plan.ports.gateway}`),
    phones: new ApiClient(simulatorUrl),
    simulatorUrl,
  };
}

function simulatorsOf(plan: SystemPlan): Promise<Simulators> {
  return startSimulators({
    port: plan.simPort,
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wattline-demo-token' },
  });
}

/** A database with all six schemas, migrated. */
export function systemDatabase(): Promise<TestDatabase> {
  return createTestDatabase('system', async (url) => {
    await prepareSchemas(url, SERVICES);
    for (const service of [
      auditService,
      billingService,
      gatewayService,
      notificationService,
      paymentService,
      walletService,
    ]) {
      const dataSource = await openDataSource({
        url,
        schema: service.name,
        entities: [OutboxRow, InboxRow, EffectRow, ...service.entities],
        migrations: [...MESSAGING_MIGRATIONS, ...service.migrations],
        poolSize: 2,
      });
      await dataSource.destroy();
    }
  });
}

export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'wattline-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
