import { BillCreated, PaymentCompleted, PaymentInitiated, WalletUpdated } from '#contracts';
import { newId } from '#kernel';
import { type ApiClient, type Json, until } from '#testing';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

/** Each test is one promise of the systems that Wattline replaces, as their users knew it. */
let world: SystemUnderTest;
let operator: ApiClient;

beforeAll(async () => {
  world = await startOneProcess({ environment: { SEED_DEMO: 'true' } });
  const { body } = await world.api.post('/api/auth/login', {
    phone: '+2348090000001',
    password: 'wattline-demo',
  });
  operator = world.api.with({ authorization: `Bearer ${body.accessToken}` });
}, 60_000);
afterAll(() => world.stop(), 60_000);

afterEach(() => expectInvariants(world));

/** The events about one thing, as the audit heard them. */
async function heard(event: { name: string }, subject: string): Promise<Json> {
  return until(`${event.name} about ${subject} is audited`, async () => {
    const { body } = await operator.get(`/api/audit?type=${event.name}&limit=100`);
    return body.items.find((it: Json) => it.event.subject === subject)?.event;
  });
}

test('0.1 a bill is created, bill_created is heard, and the customer is told; they list, change and cancel it', async () => {
  const person = await Person.register(world);
  const { status, body: bill } = await person.api.post('/api/bills', {
    amount: 80.5,
    dueDate: '2030-01-31',
    customerId: person.id,
  });
  expect(status).toBe(201);
  expect(bill).toMatchObject({ status: 'unpaid', amount: { amount: '80.50' }, customerId: person.id });
  expect((await heard(BillCreated, bill.id)).data).toMatchObject({ number: bill.number });
  expect(await person.sms(bill.number)).toContain('80.50');
  expect((await person.api.get('/api/bills?status=unpaid')).body.items).toHaveLength(1);
  const changed = await person.api.patch(`/api/bills/${bill.id}`, { amount: '90.00' });
  expect(changed.body.amount.amount).toBe('90.00');
  await person.sms('90.00');
  expect((await person.api.post(`/api/bills/${bill.id}/cancel`)).body.status).toBe('cancelled');
  expect((await person.api.get('/api/bills?status=unpaid')).body.items).toEqual([]);
});

test('0.1 an operator bills a customer', async () => {
  const person = await Person.register(world);
  const { status, body } = await operator.post('/api/bills', {
    amount: '60.00',
    dueDate: '2030-01-31',
    customerId: person.id,
  });
  expect(status).toBe(201);
  await person.sms(body.number);
  expect((await person.api.get(`/api/bills/${body.id}`)).body.customerId).toBe(person.id);
});

test('0.2 a payment goes from payment_initiated to payment_completed, the bill is paid, and the payer is told', async () => {
  const person = await Person.register(world);
  await person.addFunds('100.00');
  const bill = await person.createBill('100.00');
  const payment = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: 100 }));
  expect(payment.status).toBe('PAID');
  const initiated = await heard(PaymentInitiated, payment.id);
  const completed = await heard(PaymentCompleted, payment.id);
  expect(completed.correlationid).toBe(initiated.correlationid);
  await until(
    'the bill is paid',
    async () => (await person.api.get(`/api/bills/${bill.id}`)).body.status === 'paid',
  );
  expect(await person.sms(payment.receiptNumber)).toContain('100.00');
});

test('0.3 funds are added, wallet_updated is heard, the balance changes, and the owner is told', async () => {
  const person = await Person.register(world);
  expect((await person.api.get('/api/wallet')).body.balance).toEqual({ amount: '0.00', currency: 'NGN' });
  await person.addFunds('250.00');
  await until('the balance has changed', async () => (await person.balance()) === '250.00');
  expect((await heard(WalletUpdated, person.id)).data).toMatchObject({ change: 'top_up' });
  expect(await person.sms('250.00')).toBeTruthy();
});

test('0.5 the requests that one can make are described, ready to run', async () => {
  const { body } = await world.api.get('/openapi.json');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/api/bills', '/api/payments', '/api/wallet']),
  );
  const docs = await world.api.get('/docs');
  expect([docs.status, docs.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/html'),
  ]);
});

test('1.1 one signs in and out, and a session that has ended is over', async () => {
  const person = await Person.register(world);
  const { body } = await world.api.post('/api/auth/login', {
    phone: person.phone,
    password: 'correct horse 42',
  });
  const session = world.api.with({ authorization: `Bearer ${body.accessToken}` });
  expect((await session.get('/api/profile')).status).toBe(200);
  expect((await session.post('/api/auth/logout', { refreshToken: body.refreshToken })).status).toBe(204);
  expect((await session.get('/api/profile')).status).toBe(401);
  expect((await world.api.post('/api/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(401);
  expect((await person.api.get('/api/profile')).status).toBe(200); // another session of the same person
});

test('1.2 electricity is verified, vended and paid: this bill, and not the other one that is open', async () => {
  const person = await Person.register(world);
  await person.addFunds('5000.00');
  const { status, body: bill } = await person.api.post('/api/electricity/verify', {
    meterNumber: '04123456784',
    amount: '1000.00',
  });
  expect(status).toBe(201);
  expect(bill).toMatchObject({
    kind: 'electricity',
    amount: { amount: '1000.00' },
    units: { kwh: expect.any(String) },
  });
  const lines = bill.breakdown.reduce(
    (sum: number, it: Json) => sum + Math.round(Number(it.amount.amount) * 100),
    0,
  );
  expect(lines).toBe(100_000);
  const other = await person.createBill('1000.00');
  const payment = await person.finished(await person.post(`/api/Vend/${bill.id}/pay`, { amount: 1000 }));
  expect([payment.status, payment.billId]).toEqual(['PAID', bill.id]);
  await until(
    'that bill is paid',
    async () => (await person.api.get(`/api/bills/${bill.id}`)).body.status === 'paid',
  );
  expect((await person.api.get(`/api/bills/${other.id}`)).body.status).toBe('unpaid');
  const unknown = await person.api.post('/api/electricity/verify', {
    meterNumber: '04000000002',
    amount: 10,
  });
  expect([unknown.status, unknown.body.code]).toEqual([404, 'meter_unknown']);
});

test('1.3 a wallet that is too low is told by SMS, and the SMS has its delivery report', async () => {
  const person = await Person.register(world);
  const bill = await person.createBill('10.00');
  const payment = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: 10 }));
  expect(payment).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient_funds' } });
  await person.sms('too low');
  await until('every SMS is delivered', async () => {
    const { body } = await person.api.get('/api/notifications');
    return body.items.length >= 3 && body.items.every((it: Json) => it.state === 'delivered');
  });
  const again = await person.api.get(`/api/bills/${bill.id}`);
  expect(again.body.status).toBe('unpaid');
});

test('1.4 although every message is delivered twice, each SMS comes once', async () => {
  const person = await Person.register(world);
  await person.addFunds('20.00');
  const bill = await person.createBill('20.00');
  const payment = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: 20 }));
  await person.sms(payment.receiptNumber);
  await until('all four have come', async () => (await person.messages()).length >= 4);
  const messages = await person.messages();
  expect(new Set(messages).size).toBe(messages.length);
});

test('2.2 one has many meters, each with a place and a status, and confirms name and area before paying', async () => {
  const person = await Person.register(world);
  const [buildingId, departmentId] = [newId(), newId()];
  for (const number of ['04123456784', '04987654326'])
    expect((await person.api.post('/api/meters', { number, name: 'Ours', buildingId })).status).toBe(201);
  const { items } = (await person.api.get('/api/meters')).body;
  expect(items.map((it: Json) => [it.number, it.buildingId, it.status])).toEqual([
    ['04987654326', buildingId, 'active'],
    ['04123456784', buildingId, 'active'],
  ]);
  for (const status of ['inactive', 'suspended', 'active']) {
    const changed = await person.api.patch(`/api/meters/${items[0].id}`, { status, departmentId });
    expect(changed.body).toMatchObject({ status, departmentId });
  }
  const looked = (await person.api.get('/api/meters/lookup?number=04123456784')).body;
  expect(looked).toMatchObject({ name: 'A••• B•••', area: 'Ikeja, Lagos' });
  const wrong = await person.api.get('/api/meters/lookup?number=04123456785');
  expect([wrong.status, wrong.body.code]).toEqual([400, 'meter_number_invalid']);
});

test('2.3 the price is explained line by line, before and after, and two purchases never share a cheap block', async () => {
  const person = await Person.register(world);
  await person.addFunds('5000.00');
  const order = { meterNumber: '04111222339', amount: '2000.00' };
  const [bill, other] = await Promise.all(
    [1, 2].map(async () => (await person.api.post('/api/electricity/verify', order)).body),
  );
  expect(bill.breakdown.map((it: Json) => it.kind)).toEqual(
    expect.arrayContaining(['fixed', 'arrears', 'vat', 'energy']),
  );
  const paid = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: 2000 }));
  expect(paid.status).toBe('PAID');
  const { breakdown, units, tariffVersion } = bill;
  const after = await until('the bill is paid', async () => {
    const { body } = await person.api.get(`/api/bills/${bill.id}`);
    return body.status === 'paid' && body;
  });
  expect(after).toMatchObject({ breakdown, units, tariffVersion });
  const late = await person.post('/api/payments', { billId: other.id, amount: 2000 });
  expect([late.status, late.body.code]).toEqual([409, 'quote_outdated']);
  const again = await person.api.post('/api/electricity/verify', order);
  expect(again.body.difference.reasons.map((it: Json) => it.code)).toContain('higher_block');
});

test('3.3 a reference is used once: paid is not run again, failed is not retried under it', async () => {
  const person = await Person.register(world);
  const bill = await person.createBill('30.00');
  const order = { billId: bill.id, amount: 30, requestReference: `order-${newId()}` };
  const failed = await person.finished(await person.api.post('/api/payments', order));
  expect(failed.status).toBe('FAILED');
  await person.addFunds('30.00');
  const repeated = await person.api.post('/api/payments', order);
  expect([repeated.status, repeated.body.id]).toEqual([202, failed.id]);
  expect(repeated.headers.get('idempotency-replayed')).toBe('true');
  expect((await person.api.get(`/api/payments/${failed.id}`)).body.status).toBe('FAILED');
  const paid = await person.finished(
    await person.api.post('/api/payments', { ...order, requestReference: `order-${newId()}` }),
  );
  expect(paid.status).toBe('PAID');
  const again = await person.post('/api/payments', { billId: bill.id, amount: 30 });
  expect(again.status).toBe(409);
  const row = await world.database.rows('SELECT amount, status FROM payment.payments WHERE id = $1', [
    paid.id,
  ]);
  expect(row).toEqual([{ amount: '3000', status: 'PAID' }]);
});

test('4.1 users are created, pay each other and read their balance by the short names', async () => {
  const suffix = String(Math.floor(Math.random() * 1e8)).padStart(8, '0');
  const create = async (name: string, phone: string) =>
    (await world.api.post('/create', { name, phone, password: 'correct horse 42' })).body;
  const one = await create('One', `+23481${suffix}`);
  const other = await create('Other', `+23491${suffix}`);
  const asOne = world.api.with({ authorization: `Bearer ${one.accessToken}` });
  await asOne.post(`/api/wallets/${one.user.id}/add-funds`, { amount: 50 }, { 'idempotency-key': newId() });
  await until(
    'the money is there, and no longer held for the payment that brought it',
    async () => (await asOne.get(`/balance/${one.user.id}`)).body.available === '50.00',
  );
  const paid = await asOne.post(
    '/pay',
    { toUserId: other.user.id, amount: 20 },
    { 'idempotency-key': newId() },
  );
  expect(paid.status).toBe(202);
  const asOther = world.api.with({ authorization: `Bearer ${other.accessToken}` });
  await until(
    'it has arrived',
    async () => (await asOther.get(`/balance/${other.user.id}`)).body.balance === '20.00',
  );
  expect((await asOther.get(`/balance/${one.user.id}`)).status).toBe(404);
});

test('4.2 what waits, what is done and what failed is visible: to its owner and to operators', async () => {
  const person = await Person.register(world);
  const bill = await person.createBill('5.00');
  const accepted = await person.post('/api/payments', { billId: bill.id, amount: 5 });
  expect(accepted.body.status).toBe('PENDING');
  const ended = await person.finished(accepted);
  const { body: steps } = await person.api.get(`/api/payments/${ended.id}/timeline`);
  expect(steps.map((it: Json) => it.step)).toEqual(['accepted', 'failed']);
  const queues = await operator.get('/api/ops/queues');
  expect(queues.status).toBe(200);
  expect(JSON.stringify(queues.body)).toContain('notification');
  expect((await person.api.get('/api/ops/queues')).status).toBe(403);
  expect((await operator.get('/api/ops/dead-letters')).status).toBe(200);
  const invariants = await operator.get('/api/ops/invariants');
  expect(invariants.body.ok).toBe(true);
});

test('4.5 the status of workers and queues is open to everybody, and tells no secrets', async () => {
  const { status, body } = await world.api.get('/status');
  expect(status).toBe(200);
  const text = JSON.stringify(body);
  for (const service of ['wallet', 'payment', 'billing', 'notification', 'audit'])
    expect(text).toContain(service);
  expect(text).not.toMatch(/postgres:\/\/|secret|\+234/i);
});
