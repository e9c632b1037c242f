// pg-boss: jobs in PostgreSQL, fetched in batches.
import PgBoss from 'pg-boss';
import { openPool, transfer } from './books.mjs';

const QUEUE = 'transfers';
const WORKERS = 4;

async function open() {
  const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 12 });
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  return boss;
}

export async function prepare() {
  const boss = await open();
  await boss.createQueue(QUEUE);
  await boss.stop({ graceful: false });
}

export async function openSender() {
  const boss = await open();
  return { send: (order) => boss.send(QUEUE, order), close: () => boss.stop({ graceful: false }) };
}

export async function startWorker() {
  const pool = openPool(16);
  const boss = await open();
  const options = { batchSize: 50, pollingIntervalSeconds: 0.5 };
  for (let i = 0; i < WORKERS; i++)
    await boss.work(QUEUE, options, (jobs) => Promise.all(jobs.map(({ data }) => transfer(pool, data))));
  return { close: () => boss.stop({ graceful: false }) };
}
