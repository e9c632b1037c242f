// node run-peer.mjs <peer>: S1 by one rival, in two processes as its documentation shows them (this one sends, a
// worker of its own moves the money). Orders go straight into the queue, without an HTTP edge: a favour to the rival.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { checkBooks, countPaid, makeBooks, openPool, PEOPLE } from './books.mjs';

const [name] = process.argv.slice(2);
const seconds = Number(process.env.SECONDS);
const warm = Number(process.env.WARM_SECONDS);
const IN_FLIGHT = 400;

const peer = await import(`./${name}.mjs`);
const pool = openPool(4);
await makeBooks(pool);
await peer.prepare?.(pool);

const worker = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), [name]);
await once(worker, 'message');
const sender = await peer.openSender();

let sent = 0;
let paid = 0;
let open = true;
const watching = (async () => {
  while (open) {
    paid = await countPaid(pool);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
})();
const below = (most) => Math.floor(Math.random() * most);
const loop = async () => {
  while (open) {
    if (sent - paid >= IN_FLIGHT) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      continue;
    }
    sent += 1;
    const payer = below(PEOPLE);
    const payee = (payer + 1 + below(PEOPLE - 1)) % PEOPLE;
    await sender.send({ key: randomUUID(), payer, payee, amount: 1 });
  }
};
const senders = Array.from({ length: 64 }, loop);
await new Promise((resolve) => setTimeout(resolve, warm * 1_000));
const [before, started] = [await countPaid(pool), performance.now()];
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
const [after, ended] = [await countPaid(pool), performance.now()];
open = false;
await Promise.all([...senders, watching]);
for (let tries = 0; tries < 400 && (await countPaid(pool)) < sent; tries++)
  await new Promise((resolve) => setTimeout(resolve, 50));
const wrong = await checkBooks(pool);
const missing = sent - (await countPaid(pool));
if (missing > 0) wrong.push(`${missing} orders never paid`);
await sender.close();
const exited = once(worker, 'exit');
worker.send('stop');
await exited;
await pool.end();
process.stdout.write(
  `${JSON.stringify({ perSecond: ((after - before) * 1_000) / (ended - started), wrong })}\n`,
);
process.exit(0);
