import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES } from '#contracts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#persistence';
import { type Simulators, startSimulators } from '#simulators';
import type { SystemPlan } from '#wattline';
import {
  freePorts,
  type PrivateBroker,
  startPrivateBroker,
} from '../../libs/testing/broker/private-broker.js';
import { isAlive } from '../../libs/persistence/embedded/process-identity.js';
import { Fleet } from './fleet.js';
import { TcpProxy } from './tcp-proxy.js';
import { ask, installWitness } from './witness.js';

export interface FaultWorldOptions {
  /** The compiled apps; by default those of the folder in which the run was started. */
  apps?: string;
  nodeOptions?: string[];
  environment?: Record<string, string>;
  /** Decides which SMS a fault with a rate strikes. */
  random?: () => number;
}

const POSTGRES_SETTINGS = { max_connections: '300', checkpoint_timeout: '5min' };
/** The simulators remember them all: the checks read their log from its beginning. */
const KEEP_MESSAGES = 2_000_000;

/** Six processes, with a RabbitMQ, a PostgreSQL and a network of their own, so that all of it may be broken. */
export class FaultWorld {
  private constructor(
    readonly folder: string,
    readonly plan: SystemPlan,
    readonly broker: PrivateBroker,
    private postgres: EmbeddedPostgres,
    readonly toBroker: TcpProxy,
    readonly toDatabase: TcpProxy,
    readonly simulators: Simulators,
    readonly fleet: Fleet,
  ) {}

  static async start(options: FaultWorldOptions = {}): Promise<FaultWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'wattline-faults-'));
    const [postgres, broker] = await Promise.all([
      startEmbeddedPostgres({ folder: join(folder, 'postgres'), settings: POSTGRES_SETTINGS }),
      startPrivateBroker({ folder: join(folder, 'rabbitmq') }),
    ]);
    const [toDatabase, toBroker] = await Promise.all([
      TcpProxy.to(postgres.port),
      TcpProxy.to(broker.info.port),
    ]);
    const plan = await planFor(options, {
      databaseUrl: at(postgres.url, toDatabase.port),
      amqpUrl: `${at(broker.url, toBroker.port)}?heartbeat=3`,
    });
    const twilio = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wattline-demo-token' };
    const simulators = await startSimulators({
      port: plan.simPort,
      twilio: { ...twilio, keepMessages: KEEP_MESSAGES, random: options.random },
    });
    const { apps = join(process.cwd(), 'dist/apps'), nodeOptions } = options;
    const fleet = new Fleet(plan, { apps, folder, nodeOptions });
    const world = new FaultWorld(folder, plan, broker, postgres, toBroker, toDatabase, simulators, fleet);
    try {
      await fleet.start();
      await installWitness(world.databaseUrl);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.plan.ports.gateway}`;
  }

  get simulatorUrl(): string {
    return `http://127.0.0.1:${this.plan.simPort}`;
  }

  /** Past the proxy, for those who look. */
  get databaseUrl(): string {
    return this.postgres.url;
  }

  /** PostgreSQL loses all connections and its memory at once, as by a power cut (SIGQUIT: immediate shutdown). */
  async stopDatabase(): Promise<void> {
    const { pid } = this.postgres;
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await sleep(20);
    await this.postgres.stop();
  }

  async startDatabase(): Promise<void> {
    this.postgres = await startEmbeddedPostgres({
      folder: join(this.folder, 'postgres'),
      port: this.postgres.port,
      settings: POSTGRES_SETTINGS,
    });
  }

  /** The services' connections to the database, oldest first. */
  async backends(): Promise<number[]> {
    const rows = await ask<{ pid: number }>(
      this.databaseUrl,
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'wattline %' ORDER BY backend_start, pid`,
    );
    return rows.map(({ pid }) => pid);
  }

  async endBackends(pids: number[]): Promise<void> {
    await ask(this.databaseUrl, 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids]);
  }

  /** `rabbitmqctl`, beside the load. */
  async ctl(...args: string[]): Promise<void> {
    const { ctlPath, env } = this.broker.info;
    await promisify(execFile)(ctlPath, args, { env, timeout: 60_000 });
  }

  /** Ends everything that it has started; returns the processes that had to be killed. */
  async close(): Promise<string[]> {
    const forced = await this.fleet.close();
    await this.simulators.close();
    await Promise.all([this.toBroker.close(), this.toDatabase.close()]);
    await this.broker.kill();
    await this.broker.stop();
    await this.postgres.destroy();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    return forced;
  }
}

async function planFor(
  { environment }: FaultWorldOptions,
  { databaseUrl, amqpUrl }: { databaseUrl: string; amqpUrl: string },
): Promise<SystemPlan> {
  const [simPort, ...ports] = await freePorts(SERVICES.length + 1);
  const secret = () => randomBytes(32).toString('hex');
  return {
    demo: true,
    databaseUrl,
    simPort: simPort!,
    ports: Object.fromEntries(SERVICES.map((name, i) => [name, ports[i]!])) as SystemPlan['ports'],
    environment: {
      PATH: process.env.PATH,
      LOG_LEVEL: 'warn',
      SEED_DEMO: 'false',
      AMQP_URL: amqpUrl,
      INTERNAL_SECRET: secret(),
      JWT_SECRET: secret(),
      CONTACT_SECRET: secret(),
      TOKEN_SECRET: secret(),
      RATE_LIMIT_PER_MINUTE: '100000000',
      REGISTRATIONS_PER_ADDRESS: '100000',
      // What waits a minute in production waits seconds here; the order of things is the same.
      EFFECT_LEASE_MS: '6000',
      SMS_TIMEOUT_MS: '3000',
      SMS_ASK_AFTER_MS: '500',
      CLAIM_SETTLE_AFTER_MS: '3000',
      ...environment,
    },
  };
}

function at(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).toString();
}
