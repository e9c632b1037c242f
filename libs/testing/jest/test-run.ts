import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type EmbeddedPostgres,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../persistence/embedded/embedded-postgres.js';
import { identityOf, isRunning, type ProcessIdentity } from '../../persistence/embedded/process-identity.js';
import { removePrivateBroker, type TestBroker } from '../broker/private-broker.js';
import { HOW_TO_GET_A_BROKER, startBroker } from '../broker/start-broker.js';

/** Every run has a folder of its own, so that several may run side by side. */
const RUNS = resolve('.wattline-test');
const OWNER = 'owner.json';

interface TestRun {
  folder: string;
  postgres?: EmbeddedPostgres;
  broker?: TestBroker;
}

let current: TestRun | undefined;

/** Starts what the tests share and tells them by the environment: WATTLINE_TEST_PG, _AMQP, _AMQP_CTL. */
export async function startTestRun(): Promise<void> {
  await removeAbandonedRuns();
  const run: TestRun = { folder: join(RUNS, `run-${process.pid}`) };
  mkdirSync(run.folder, { recursive: true });
  writeFileSync(join(run.folder, OWNER), JSON.stringify(identityOf(process.pid)));
  current = run;
  process.once('SIGINT', endBySignal);
  process.once('SIGTERM', endBySignal);
  const started = await Promise.allSettled([startPostgres(run), startRabbitmq(run)]);
  for (const part of started) {
    if (part.status === 'rejected') {
      await endTestRun();
      throw part.reason;
    }
  }
}

export async function endTestRun(): Promise<void> {
  const run = current;
  current = undefined;
  if (!run) return;
  process.off('SIGINT', endBySignal);
  process.off('SIGTERM', endBySignal);
  // Nobody needs the data any more, so neither is given the time for an orderly end.
  await Promise.all([run.postgres?.destroy(), run.broker?.kill()]);
  await run.broker?.stop();
  await removePrivateBroker(join(run.folder, 'broker'));
  rmSync(run.folder, { recursive: true, force: true });
}

async function startPostgres(run: TestRun): Promise<void> {
  if (process.env['WATTLINE_TEST_PG']) return; // the caller brought one
  run.postgres = await startEmbeddedPostgres({
    folder: join(run.folder, 'postgres'),
    settings: {
      // The data dies with the run, so nothing is gained by waiting for the disk. A killed process loses
      // nothing by it: only a power cut would.
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      max_connections: '300',
    },
  });
  process.env['WATTLINE_TEST_PG'] = run.postgres.url;
}

async function startRabbitmq(run: TestRun): Promise<void> {
  const required = process.env['REQUIRE_RABBITMQ'] === '1';
  if (process.env['WATTLINE_TEST_NO_BROKER'] === '1' && !required) return;
  if (process.env['AMQP_URL']) {
    process.env['WATTLINE_TEST_AMQP'] = process.env['AMQP_URL'];
    return;
  }
  const broker = await startBroker(join(run.folder, 'broker'));
  if (broker) {
    run.broker = broker;
    process.env['WATTLINE_TEST_AMQP'] = broker.url;
    process.env['WATTLINE_TEST_AMQP_CTL'] = JSON.stringify(broker.info);
    return;
  }
  const message = `No RabbitMQ here, its suites are skipped. To run them: ${HOW_TO_GET_A_BROKER}`;
  if (required) throw new Error(`${message} (REQUIRE_RABBITMQ=1 makes this a failure)`);
  console.warn(message);
}

/** What a killed run left: its PostgreSQL and its broker live on in sessions of their own. */
async function removeAbandonedRuns(): Promise<void> {
  mkdirSync(RUNS, { recursive: true });
  for (const name of readdirSync(RUNS)) {
    const folder = join(RUNS, name);
    const owner = ownerOf(folder);
    if (!name.startsWith('run-') || !owner || isRunning(owner)) continue;
    await removeEmbeddedPostgres(join(folder, 'postgres'));
    await removePrivateBroker(join(folder, 'broker'));
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownerOf(folder: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function endBySignal(): void {
  endTestRun().then(
    () => process.exit(130),
    () => process.exit(130),
  );
}
