import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '#contracts';
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
import { issuerEnvironment } from './issuer-environment.js';
import { TcpProxy } from './tcp-proxy.js';
import { ask, installWitness } from './witness.js';

export interface FaultWorldOptions {
  /** The compiled apps; by default those of the folder in which the run was started. */
  apps?: string;
  nodeOptions?: string[];
  environment?: Record<string, string>;
  /** PostgreSQL's data lies on a disk of its own, which can be filled. Needs root and Linux. */
  ownDisk?: boolean;
  /** Decides which SMS, and which vend at an issuer, a fault with a rate strikes. */
  random?: () => number;
}

const POSTGRES_SETTINGS = { max_connections: '300', checkpoint_timeout: '5min' };
const DATA = 'postgres';
const BALLAST = 'ballast';
/** Filled block by block, since PostgreSQL writes too. */
const LAST_BYTES = 200_000_000;
const SEGMENTS_SET_ASIDE = 200;
/** What PostgreSQL may take to recover by itself. */
const DISK_MILLIS = 15_000;
const DISK_MEGABYTES = 6_000;
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
    readonly toServices: Record<ServiceName, TcpProxy>,
    readonly simulators: Simulators,
    readonly fleet: Fleet,
  ) {}

  static async start(options: FaultWorldOptions = {}): Promise<FaultWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'wattline-faults-'));
    chmodSync(folder, 0o755); // or the account that PostgreSQL runs as could not get to its data
    if (options.ownDisk) await mountDisk(join(folder, DATA));
    const [postgres, broker] = await Promise.all([
      startEmbeddedPostgres({ folder: join(folder, DATA), settings: POSTGRES_SETTINGS }),
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
      issuers: { random: options.random, prism: { port: portOf(plan.environment.PRISM_URL!) } },
    });
    const { apps = join(process.cwd(), 'dist/apps'), nodeOptions } = options;
    const proxies = await Promise.all(
      SERVICES.map(async (name) => [name, await TcpProxy.to(plan.ports[name])] as const),
    );
    const toServices = Object.fromEntries(proxies) as Record<ServiceName, TcpProxy>;
    const ways = Object.fromEntries(proxies.map(([name, { port }]) => [name, port])) as SystemPlan['ports'];
    const fleet = new Fleet(plan, { apps, folder, nodeOptions, ways });
    const world = new FaultWorld(
      ...([folder, plan, broker, postgres, toBroker, toDatabase, toServices, simulators, fleet] as const),
    );
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
    if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await sleep(20);
    await this.postgres.stop();
  }

  async startDatabase(): Promise<void> {
    this.postgres = await startEmbeddedPostgres({
      folder: join(this.folder, DATA),
      port: this.postgres.port,
      settings: POSTGRES_SETTINGS,
    });
  }

  /** Nothing more can be written to the disk of PostgreSQL. */
  async fillDisk(): Promise<void> {
    const { bavail, bsize } = statfsSync(join(this.folder, DATA));
    const ballast = join(this.folder, DATA, BALLAST);
    await run('fallocate', '-l', String(bavail * bsize - LAST_BYTES), ballast);
    for (const size of [1_000_000, 4_096]) while (appended(ballast, Buffer.alloc(size)));
    // What was set aside for the log would last for minutes. PostgreSQL may end over this.
    for (let segments = 0; segments < SEGMENTS_SET_ASIDE; segments++) {
      const written = ask(
        this.databaseUrl,
        'SELECT pg_logical_emit_message(false, $1, $1), pg_switch_wal()',
        ['full'],
      );
      if (!(await written.then(() => true).catch(() => false))) return;
    }
    throw new Error('the disk is full, and PostgreSQL goes on writing');
  }

  /** There is room again. A PostgreSQL that could not go on without is started, as its supervisor would. */
  async emptyDisk(): Promise<void> {
    rmSync(join(this.folder, DATA, BALLAST), { force: true });
    if (await this.answers(DISK_MILLIS)) return;
    await this.stopDatabase();
    await this.startDatabase();
  }

  private async answers(withinMillis: number): Promise<boolean> {
    const deadline = performance.now() + withinMillis;
    while (isAlive(this.postgres.pid)) {
      const written = ask(this.databaseUrl, 'CREATE TEMP TABLE written AS SELECT 1 AS x');
      if (await written.then(() => true).catch(() => false)) return true;
      if (performance.now() > deadline) return false;
      await sleep(50);
    }
    return false;
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
    const proxies = [this.toBroker, this.toDatabase, ...Object.values(this.toServices)];
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await this.broker.kill();
    await this.broker.stop();
    await this.postgres.stop();
    await unmountDisk(join(this.folder, DATA));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    return forced;
  }
}

function appended(file: string, bytes: Buffer): boolean {
  try {
    appendFileSync(file, bytes);
    return true;
  } catch {
    return false;
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(command, args, { timeout: 60_000 });
}

async function mountDisk(folder: string): Promise<void> {
  mkdirSync(folder);
  await run('mount', '-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m`, 'wattline-disk', folder);
}

/** Nothing happens where nothing is mounted. */
async function unmountDisk(folder: string): Promise<void> {
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8') : '';
  if (mounts.includes(` ${folder} tmpfs `)) await run('umount', folder);
}

async function planFor(
  { environment }: FaultWorldOptions,
  { databaseUrl, amqpUrl }: { databaseUrl: string; amqpUrl: string },
): Promise<SystemPlan> {
  const [simPort, prismPort, ...ports] = await freePorts(SERVICES.length + 2);
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
      ...issuerEnvironment(`http://127.0.0.1:${simPort}`, prismPort!),
      ISSUER_TIMEOUT_MS: '1500',
      ...environment,
    },
  };
}

const portOf = (url: string) => Number(new URL(url).port);

function at(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).toString();
}
