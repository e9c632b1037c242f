import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { SERVICES } from '#contracts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#persistence';
import { type Simulators, startSimulators } from '#simulators';
import { startProcesses, type SystemPlan } from '#wattline';
import {
  freePorts,
  type PrivateBroker,
  startPrivateBroker,
} from '../../libs/testing/broker/private-broker.js';

/** How one round runs. `batchSize` 1 switches off every gathering: of works, of events in a message, of pace. */
export interface Round {
  bus: 'embedded' | 'rabbitmq';
  batchSize: number;
  /** One SMS in twenty is accepted without an answer, and each delivery report comes twice. */
  troubled?: boolean;
  /** Where each process writes its CPU profile. */
  profiles?: string;
}

export interface RunningRound {
  url: string;
  simulatorUrl: string;
  databaseUrl: string;
  /** The services' processes; none when all run in one. */
  pids: Record<string, number>;
  close(): Promise<void>;
}

/** When a payment was committed is read from here; costs little, and everybody in the benchmark pays for it. */
const POSTGRES_SETTINGS = { track_commit_timestamp: 'on', max_connections: '200' };

/** PostgreSQL and RabbitMQ for all rounds, with the durability of production. */
export class BenchWorld {
  /** What is running, to be ended with the world. */
  private running: Running | undefined;

  private constructor(
    private readonly folder: string,
    readonly postgres: EmbeddedPostgres,
    readonly broker: PrivateBroker,
  ) {}

  static async start(): Promise<BenchWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'wattline-bench-'));
    const postgres = await startEmbeddedPostgres({
      folder: join(folder, 'postgres'),
      settings: POSTGRES_SETTINGS,
    });
    try {
      const broker = await startPrivateBroker({ folder: join(folder, 'rabbitmq') });
      return new BenchWorld(folder, postgres, broker);
    } catch (error) {
      await postgres.destroy();
      throw error;
    }
  }

  /** What decides about durability, as the server says it. */
  async durability(): Promise<string> {
    const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes'];
    const values = await this.sql(
      `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`,
    );
    return Object.entries(values[0] ?? {})
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  }

  /** The whole system on an empty database: one process on the embedded bus, or six on RabbitMQ. */
  async round(round: Round): Promise<RunningRound> {
    const databaseUrl = await this.database();
    const amqpUrl = round.bus === 'rabbitmq' ? this.broker.url : undefined;
    const plan = await planFor(databaseUrl, tuning(round.batchSize), amqpUrl);
    const running = amqpUrl ? await sixProcesses(plan, round) : await oneProcess(plan, round);
    this.running = running;
    return {
      url: `http://127.0.0.1:${plan.ports.gateway}`,
      simulatorUrl: `http://127.0.0.1:${plan.simPort}`,
      databaseUrl,
      pids: running.pids,
      close: async () => {
        this.running = undefined;
        await running.close();
        await this.drop(databaseUrl);
      },
    };
  }

  /** A database with Wattline's tables and nothing in them. */
  async migrated(): Promise<string> {
    const databaseUrl = await this.database();
    const running = await sixProcesses(await planFor(databaseUrl, {}, this.broker.url), {});
    await running.close();
    return databaseUrl;
  }

  async database(): Promise<string> {
    const database = `round_${randomBytes(4).toString('hex')}`;
    await this.sql(`CREATE DATABASE ${database}`);
    return Object.assign(new URL(this.postgres.url), { pathname: `/${database}` }).toString();
  }

  async drop(databaseUrl: string): Promise<void> {
    await this.sql(`DROP DATABASE ${new URL(databaseUrl).pathname.slice(1)} WITH (FORCE)`);
  }

  async stop(): Promise<void> {
    await this.running?.close();
    await this.broker.stop();
    await this.postgres.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async sql(text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.postgres.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }
}

function tuning(batchSize: number): Record<string, string> {
  if (batchSize > 1) return { BATCH_SIZE: String(batchSize) };
  return { BATCH_SIZE: '1', PACK_SIZE: '1', REQUEST_PACE_MS: '0', CONSUMER_PACE_MS: '0' };
}

async function planFor(
  databaseUrl: string,
  tuned: Record<string, string>,
  amqpUrl: string | undefined,
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
      LOG_LEVEL: 'error',
      SEED_DEMO: 'false',
      RATE_LIMIT_PER_MINUTE: '100000000',
      INTERNAL_SECRET: secret(),
      JWT_SECRET: secret(),
      CONTACT_SECRET: secret(),
      TOKEN_SECRET: secret(),
      ...(amqpUrl && { AMQP_URL: amqpUrl, BUS_PREFIX: `bench${randomBytes(3).toString('hex')}` }),
      ...tuned,
    },
  };
}

interface Running {
  pids: Record<string, number>;
  close(): Promise<void>;
}

async function sixProcesses(
  plan: SystemPlan,
  { troubled = false, profiles }: Partial<Round>,
): Promise<Running> {
  const simulators: Simulators = await startSimulators({
    port: plan.simPort,
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wattline-demo-token', callbacks: troubled },
  });
  if (troubled) {
    simulators.twilio.faults.order({ fault: 'accept-then-drop', rate: 0.05 });
    simulators.twilio.faults.order({ fault: 'callbacks-twice', rate: 1 });
  }
  const processes = await startProcesses(plan, { nodeOptions: profiling(profiles) });
  const pids = SERVICES.map((name) => [name, processes.processes[name].pid!] as const);
  return {
    pids: Object.fromEntries(pids),
    close: async () => {
      await processes.close();
      await simulators.close();
    },
  };
}

/** The system map in a process of its own, so that the load does not run on its event loop. */
async function oneProcess(plan: SystemPlan, { profiles }: Partial<Round>): Promise<Running> {
  const main = fileURLToPath(new URL('./one-process.js', import.meta.url));
  const child = spawn(process.execPath, [...profiling(profiles), main], {
    env: { PATH: process.env.PATH, BENCH_PLAN: JSON.stringify(plan) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilSays(child, 'ready');
  return {
    pids: { 'one process': child.pid! },
    close: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const profiling = (folder: string | undefined) =>
  folder ? ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`] : [];

async function untilSays(child: ChildProcess, word: string): Promise<void> {
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes(word)) return child.stdout!.resume() && undefined;
  }
  throw new Error(`the system ended before it was ${word}`);
}
