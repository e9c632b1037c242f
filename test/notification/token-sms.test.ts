import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BillCreated, PaymentCompleted, type VendDetails } from '#contracts';
import { newId } from '#kernel';
import { until } from '#testing';
import { billOf, naira, type Person, startWorld, type World } from './world.js';

/** The SMS with the token: it is written when billing gives the digits, and sent whatever is away meanwhile. */
const LEASE = 60_000;
const DIGITS = '12345678901234567890';
const IN_GROUPS = '1234 5678 9012 3456 7890';

let billing: Server;
let isAway = false;
let world: World;

beforeAll(async () => {
  billing = createServer((request, response) => {
    if (isAway) return void response.writeHead(503).end();
    const id = request.url!.split('/').at(-1)!;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(vendOf(id)));
  }).listen(0, '127.0.0.1');
  await until('billing listens', () => billing.listening);
});
afterAll(() => new Promise((resolve) => billing.close(resolve)));
beforeEach(async () => {
  isAway = false;
  owners.clear();
  const { port } = billing.address() as AddressInfo;
  world = await startWorld({ environment: { BILLING_URL: `http://127.0.0.1:${port}` } });
});
afterEach(() => world.close());

const owners = new Map<string, string>();

const vendOf = (id: string): VendDetails => ({
  id,
  ownerId: owners.get(id)!,
  state: 'issued',
  inDoubt: false,
  meterNumber: '04123456784',
  amount: { amount: '500.00', currency: 'NGN' },
  units: { kwh: '7.2' },
  breakdown: [],
  tokens: [{ id: newId(), kind: 'credit', token: DIGITS, kwh: '7.2' }],
});

async function buyFor({ userId }: Person): Promise<void> {
  const paymentId = newId();
  owners.set(paymentId, userId);
  await world.notification.publish(PaymentCompleted, paymentId, {
    paymentId,
    reference: `P-${paymentId.slice(-12).toUpperCase()}`,
    purpose: 'electricity',
    method: 'wallet',
    payerId: userId,
    amount: naira('500.00'),
    title: 'Electricity',
    receiptNumber: `R-${paymentId.slice(-12).toUpperCase()}`,
    completedAt: world.clock.now().toISOString(),
  });
}

const tokensOf = ({ phone }: Person) => world.smsTo(phone).filter((text) => text.includes(IN_GROUPS));
const untilDone = () => until('every SMS is sent', async () => (await world.open()).length === 0);

test('billing is away for longer than an SMS is tried for: the token comes within a minute of its return', async () => {
  const person = await world.newPerson();
  isAway = true;
  await buyFor(person);
  for (let minutes = 0; minutes < 120; minutes++) {
    await until('it waits', async () => (await world.open()).includes('scheduled'));
    await world.pass(60_000);
  }
  await until('it waits', async () => (await world.open()).includes('scheduled'));
  expect(tokensOf(person)).toEqual([]);
  isAway = false;
  await world.pass(60_000);
  await untilDone();
  expect(tokensOf(person)).toHaveLength(1);
});

test('an SMS that was never written is not taken for another one that Twilio has', async () => {
  const person = await world.newPerson();
  const bill = billOf(person.userId);
  await world.notification.publish(BillCreated, bill.billId, bill);
  await untilDone();
  // The process dies before it has written down that the bill was told, and before it has fetched the token.
  await world.notification.running.parts.effects.stop();
  await buyFor(person);
  await world.notification.database.rows(
    `UPDATE notification.effects SET state = 'started', attempts = 0, next_at = $1 WHERE reference IN
      (SELECT id FROM notification.messages WHERE template = 'bill_created')`,
    [new Date(world.clock.now().getTime() + 2.5 * LEASE)],
  );
  await world.notification.database.rows(
    `UPDATE notification.messages SET state = 'queued', sid = NULL WHERE template = 'bill_created'`,
  );
  const another = await world.startAnother();
  for (let round = 0; round < 4; round++) {
    world.clock.advance(LEASE);
    await another.parts.effects.sweep();
    await until('nothing is under way', async () => !(await underWay()));
  }
  await untilDone();
  expect(tokensOf(person)).toHaveLength(1);
  expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(1);
});

/** An effect that a process is at; it has taken it for a lease from now. */
async function underWay(): Promise<boolean> {
  const [first] = await world.notification.database.rows(
    `SELECT 1 FROM notification.effects WHERE state = 'started' AND next_at = $1 LIMIT 1`,
    [new Date(world.clock.now().getTime() + LEASE)],
  );
  return first !== undefined;
}
