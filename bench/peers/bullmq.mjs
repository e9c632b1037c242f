// BullMQ on Redis with appendfsync always: no order is forgotten with the machine.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { openPool, transfer } from './books.mjs';

const connect = () =>
  new Redis({ host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null });
const CONCURRENCY = 32;

export async function openSender() {
  const connection = connect();
  const queue = new Queue('transfers', { connection });
  await queue.waitUntilReady();
  const options = { removeOnComplete: true, attempts: 5 };
  return {
    send: (order) => queue.add('transfer', order, { ...options, jobId: order.key }),
    close: async () => {
      await queue.close();
      connection.disconnect();
    },
  };
}

export async function startWorker() {
  const pool = openPool(16);
  const connection = connect();
  const worker = new Worker('transfers', ({ data }) => transfer(pool, data), {
    connection,
    concurrency: CONCURRENCY,
  });
  await worker.waitUntilReady();
  return { close: () => worker.close() };
}
