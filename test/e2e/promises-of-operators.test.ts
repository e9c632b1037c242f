import { newId } from '#kernel';
import { type Json, LiveClient, until } from '#testing';
import { type OperatedSystem, startOperatedSystem, trailOf } from '../operators/world.js';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';

/** More rows of the promises: who signs in, who is told, who may repair. */
let it: OperatedSystem;
beforeAll(async () => {
  it = await startOperatedSystem();
}, 60_000);
afterAll(() => it.world.stop(), 60_000);
afterEach(() => expectInvariants(it.world));

const claimsOf = (token: string): Json =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8'));

test('1.7 every event of a payment is in the trail under one correlation id, and the chain verifies', async () => {
  const person = await Person.register(it.world);
  await person.addFunds('20.00');
  const bill = await person.createBill('20.00');
  const correlationId = newId();
  const headers = { 'idempotency-key': newId(), 'x-correlation-id': correlationId };
  const order = { billId: bill.id, amount: '20.00' };
  await person.finished(await person.api.post('/api/payments', order, headers));
  const names = ['payment_initiated', 'funds_held', 'payment_completed', 'wallet_updated'];
  await until('all of it is audited', async () => {
    const { body } = await it.ngozi.api.get(`/api/audit?correlationId=${correlationId}`);
    const heard = (body.items as Json[]).map(({ event }) => event.type);
    return names.every((name) => heard.includes(`wattline.${name}.v1`));
  });
  expect((await it.ngozi.api.get('/api/audit/verify')).body).toMatchObject({ intact: true });
});

test('1.7 an institution names an address to be told at, gets its secret once, and no private address is taken', async () => {
  const phone = `+23470${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
  const account = { name: 'Grace', phone, password: 'correct horse 42' };
  const institution = { ...account, role: 'institution', institutionName: 'Sunrise Academy' };
  const { body: session } = await it.world.api.post('/api/auth/register', institution);
  const api = it.world.api.with({ authorization: `Bearer ${session.accessToken}` });
  const endpoint = { url: 'http://127.0.0.1:65535/hooks', events: ['payment.completed'] };
  const { status, body } = await api.post('/api/webhook-endpoints', endpoint);
  expect({ status, ...body }).toMatchObject({ status: 201, secret: expect.stringMatching(/^whsec_/) });
  expect((await api.get(`/api/webhook-endpoints/${body.id}`)).body.secret).toBeUndefined();
  const inside = { ...endpoint, url: 'https://169.254.169.254/latest' };
  expect((await api.post('/api/webhook-endpoints', inside)).status).toBe(400);
});

test('2.1 a JWT of one hour says who signed in and as what; household and institution have their profile', async () => {
  for (const role of ['household', 'institution'] as const) {
    const phone = `+23470${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
    const account = { name: 'Grace Obi', phone, password: 'correct horse 42', role };
    const institution = role === 'institution' ? { institutionName: 'Sunrise Academy' } : {};
    const { body } = await it.world.api.post('/api/auth/register', { ...account, ...institution });
    const { sub, role: said, iat, exp } = claimsOf(body.accessToken);
    expect([sub, said, exp - iat]).toEqual([body.user.id, role, 3_600]);
    const api = it.world.api.with({ authorization: `Bearer ${body.accessToken}` });
    expect((await api.patch('/api/profile', { name: 'Grace Obi-Eze' })).status).toBe(200);
    expect((await api.get('/api/profile')).body).toMatchObject({ name: 'Grace Obi-Eze', role, phone });
    expect((await api.get('/api/ops/queues')).status).toBe(403);
  }
});

test('4.3 what failed is tried again, an operator retries what was given up, and what fails is rolled back whole', async () => {
  const person = await Person.register(it.world);
  await person.addFunds('50.00');
  const bill = await person.createBill('50.00');
  const { database } = it.world;
  // Billing cannot mark the bill as paid: another amount is due meanwhile, as by a mistake of an operator.
  await database.rows(`
    CREATE FUNCTION billing.spoil() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.status = 'paid' THEN RAISE EXCEPTION 'spoilt'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER spoil BEFORE UPDATE ON billing.bills FOR EACH ROW WHEN (OLD.id = '${bill.id}') EXECUTE FUNCTION billing.spoil()`);
  const paid = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: 50 }));
  const waiting = () =>
    database.rows<{ event_id: string; attempts: number }>(
      `SELECT event_id, attempts FROM billing.inbox WHERE state IN ('retry', 'dead') AND envelope LIKE '%${paid.id}%'`,
    );
  const failed = await until('the failure is noted', async () => {
    const [row] = await waiting();
    return row && row.attempts >= 2 && row;
  });
  expect((await person.api.get(`/api/bills/${bill.id}`)).body.status).toBe('unpaid');
  await database.rows(`UPDATE billing.inbox SET state = 'dead', next_at = NULL WHERE event_id = $1`, [
    failed.event_id,
  ]);
  await database.rows('DROP TRIGGER spoil ON billing.bills; DROP FUNCTION billing.spoil');
  expect((await person.api.post(`/retry/${failed.event_id}`)).status).toBe(403);
  expect((await it.ngozi.api.post(`/retry/${failed.event_id}`)).status).toBe(202);
  await until('the bill is paid', async () => {
    const { body } = await person.api.get(`/api/bills/${bill.id}`);
    return body.status === 'paid';
  });
  expect(await person.balance()).toBe('0.00');
  await until('it is in the trail', async () =>
    (await trailOf(it.ngozi, failed.event_id)).includes('dead_letter_retried'),
  );
});

test('4.4 the payer’s browser is told of each step while it happens', async () => {
  const person = await Person.register(it.world);
  const live = await LiveClient.signedIn(it.world.api.url, person.session.accessToken);
  const bill = await person.createBill('5.00');
  await person.post('/api/payments', { billId: bill.id, amount: 5 });
  await live.untilMessage('payment', ({ status }) => status === 'FAILED');
  await person.addFunds('5.00');
  await live.untilMessage('wallet', ({ change }) => change === 'top_up');
  live.close();
});
