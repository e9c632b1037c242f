// graphile-worker: the queue is in PostgreSQL too, and there is no broker at all.
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import { openPool, transfer } from './books.mjs';

const connectionString = process.env.DATABASE_URL;
const CONCURRENCY = 24;
/** A line for each job is work that nobody asked for. */
const logger = new Logger(() => () => undefined);

export async function prepare() {
  await runMigrations({ connectionString });
}

export async function openSender() {
  const utils = await makeWorkerUtils({ connectionString, maxPoolSize: 16 });
  return {
    send: (order) => utils.addJob('transfer', order, { jobKey: order.key }),
    close: () => utils.release(),
  };
}

export async function startWorker() {
  const pool = openPool(24);
  const runner = await run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger,
    pollInterval: 100,
    taskList: { transfer: (order) => transfer(pool, order) },
  });
  return { close: () => runner.stop() };
}
