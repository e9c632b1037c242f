import { type Envelope, PaymentCompleted, PaymentRefunded } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { type Json, startTestService, type TestService, until } from '#testing';
import { billingService } from '../index.js';

/** What operators can do about events that a service gave up; every service has this from the service host. */
const clock = new FakeClock();
let billing: TestService;
const customer = newId();
const operator = newId();

beforeAll(async () => {
  billing = await startTestService(billingService, { clock });
});
afterAll(() => billing.stop());

const gateway = () => billing.asService('gateway');
const letters = async (): Promise<Json[]> => (await gateway().get('/internal/ops/dead-letters')).body;
const dead = (id: string): Promise<Json> =>
  until('it is a dead letter', async () => (await letters()).find((it) => it.id === id));
const gone = (id: string) =>
  until(
    'it is handled',
    async () => (await gateway().get(`/internal/ops/dead-letters/${id}`)).body.state === 'done',
  );
const decide = (id: string, action: 'retry' | 'discard', attempts: number, more: object = {}) =>
  gateway().post(`/internal/ops/dead-letters/${id}/${action}`, {
    decisionId: newId(),
    by: operator,
    attempts,
    ...more,
  });

async function newBill(): Promise<Json> {
  return (await billing.as(customer).post('/api/bills', { amount: '50.00', dueDate: '2999-12-31' })).body;
}

function completed(bill: Json, paymentId = newId()): Promise<Envelope> {
  return billing.publish(PaymentCompleted, paymentId, {
    paymentId,
    reference: 'P-1',
    purpose: 'bill',
    method: 'wallet',
    payerId: customer,
    billId: bill.id,
    amount: { amount: '50.00', currency: 'NGN' },
    title: 'For +2348012345678, token 1234 5678 9012 3456 7890',
    note: 'call 08012345678',
    receiptNumber: 'R-1',
    completedAt: '2026-11-21T08:00:00.000Z',
  });
}

/** How often a bill was marked paid by this payment: once, or not at all. */
const payments = async (bill: Json) => (await billing.as(customer).get(`/api/bills/${bill.id}`)).body;

test('an event that can never be handled is dead at once; after a fix it is handled under its own id', async () => {
  const bill = await newBill();
  await billing.database.rows(`UPDATE billing.bills SET amount = 1 WHERE id = $1`, [bill.id]);
  const event = await completed(bill);
  const letter = await dead(event.id);
  expect(letter).toMatchObject({ service: 'billing', attempts: 1 });
  expect(letter.error).toContain('PermanentError');
  await billing.database.rows(`UPDATE billing.bills SET amount = 5000 WHERE id = $1`, [bill.id]);
  const answer = await decide(event.id, 'retry', 1);
  expect([answer.status, answer.body]).toEqual([200, { state: 'retry' }]);
  await gone(event.id);
  expect(await payments(bill)).toMatchObject({ status: 'paid', paymentId: event.subject });
  const seen = (await gateway().get(`/internal/ops/dead-letters/${event.id}`)).body;
  expect(seen.history.map((it: Json) => [it.what, it.by])).toEqual([
    ['failed', undefined],
    ['retried', operator],
  ]);
});

test('an impossible transition is dead at once; after a fix it takes effect once, also when two press at once', async () => {
  const bill = await newBill();
  await billing.as(customer).post(`/api/bills/${bill.id}/cancel`);
  const event = await completed(bill);
  expect((await dead(event.id)).error).toContain('ImpossibleTransition');
  await billing.database.rows(`UPDATE billing.bills SET status = 'unpaid' WHERE id = $1`, [bill.id]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => decide(event.id, 'retry', 1)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  await gone(event.id);
  const [row] = await billing.database.rows<{ attempts: number }>(
    'SELECT attempts FROM billing.inbox WHERE event_id = $1',
    [event.id],
  );
  expect(row?.attempts).toBe(2);
});

test('a decision that is told twice counts once', async () => {
  const event = await completed({ id: newId() });
  await dead(event.id);
  const decisionId = newId();
  const tell = () => decide(event.id, 'discard', 1, { decisionId, reason: 'no such bill' });
  for (const answer of [await tell(), await tell()]) expect(answer.body).toEqual({ state: 'discarded' });
  const seen = (await gateway().get(`/internal/ops/dead-letters/${event.id}`)).body;
  expect(seen.history.slice(1)).toEqual([
    { at: clock.now().toISOString(), what: 'discarded', by: operator, reason: 'no such bill' },
  ]);
});

test('an event that keeps failing is dead after five attempts, each in its history; then it has one more', async () => {
  const bill = await newBill();
  await billing.database.rows(`
    CREATE FUNCTION billing.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a bug'; END $$`);
  await billing.database.rows(
    `CREATE TRIGGER fault BEFORE UPDATE ON billing.bills FOR EACH ROW EXECUTE FUNCTION billing.fail()`,
  );
  const event = await completed(bill);
  for (const [attempts, wait] of [1_000, 10_000, 60_000, 600_000].entries()) {
    await until('the attempt is noted', async () => {
      const { body } = await gateway().get(`/internal/ops/dead-letters/${event.id}`);
      return body.attempts === attempts + 1;
    });
    clock.advance(wait);
  }
  const letter = await dead(event.id);
  expect(letter.attempts).toBe(5);
  expect(letter.history).toHaveLength(5);
  await decide(event.id, 'retry', 5);
  await until('it is dead again', async () => (await dead(event.id)).attempts === 6);
  expect((await decide(event.id, 'retry', 5)).status).toBe(409);
  await billing.database.rows('DROP TRIGGER fault ON billing.bills');
  await decide(event.id, 'retry', 6);
  await gone(event.id);
  expect((await payments(bill)).status).toBe('paid');
});

test('an unknown version and a payload that does not fit are dead again as long as nothing was fixed', async () => {
  const odd = {
    id: newId(),
    type: 'wattline.payment_completed.v99',
    correlationid: 'c',
    data: {},
    specversion: '1.0',
  };
  const wrong = { ...odd, id: newId(), type: 'wattline.payment_completed.v1', data: { paymentId: 7 } };
  await billing.send('payment_completed', JSON.stringify([odd, wrong]));
  for (const { id } of [odd, wrong]) {
    await dead(id);
    await decide(id, 'retry', 1);
    await until('it is dead again', async () => (await dead(id)).attempts === 2);
  }
});

test('text that is no event cannot be retried, but discarded', async () => {
  await billing.send('payment_completed', '[{"phone":"+2348012345678","note":"08012345678"}]');
  const letter: Json = await until('it is kept', async () =>
    (await letters()).find((it) => it.type === 'unreadable'),
  );
  expect(JSON.stringify(letter)).not.toMatch(/8012345678/);
  expect((await decide(letter.id, 'retry', 1)).status).toBe(409);
  expect((await decide(letter.id, 'discard', 1, { reason: 'noise' })).body).toEqual({ state: 'discarded' });
});

test('of the payload an operator sees no phone, name, token or sealed value', async () => {
  const letter = await dead((await completed({ id: newId() })).id);
  expect(letter.payload.title).toBe('For +234••••••5678, token ••••');
  expect(letter.payload.note).toMatch(/^call 080•+678$/);
  expect(letter.payload.amount).toEqual({ amount: '50.00', currency: 'NGN' });
  const sealed = {
    id: newId(),
    type: 'wattline.user_registered.v7',
    correlationid: 'c',
    data: { sealedContact: 'c2VjcmV0', name: 'Amina Bello', phone: '+2348012345678', token: '12345' },
  };

  await billing.send(PaymentRefunded.name, JSON.stringify([sealed]));
  expect((await dead(sealed.id)).payload).toEqual({
    sealedContact: '(sealed)',
    name: 'A••• B•••',
    phone: '+234••••••5678',
    token: '••••',
  });
});

test('a refunded bill is owed again, in any order, and its late payment pays nothing', async () => {
  const bill = await newBill();
  const paymentId = newId();
  const refunded = () =>
    billing.publish(PaymentRefunded, paymentId, {
      paymentId,
      reference: 'P-1',
      purpose: 'bill',
      method: 'wallet',
      payerId: customer,
      billId: bill.id,
      amount: { amount: '50.00', currency: 'NGN' },
      title: 'Bill',
      reason: 'paid twice',
      refundedAt: '2026-11-21T08:00:00.000Z',
      decisionId: newId(),
    });
  await completed(bill, paymentId);
  await refunded();
  await until('it is owed again', async () => (await payments(bill)).status === 'unpaid');
  await completed(bill, paymentId);
  await completed(bill, newId());
  await until('it is paid by another', async () => (await payments(bill)).status === 'paid');
  await refunded();
  const next = await newBill();
  await completed(next);
  await until('all is handled', async () => (await payments(next)).status === 'paid');
  expect((await payments(bill)).paymentId).not.toBe(paymentId);
});

test('only services decide, and only in whole sentences', async () => {
  const id = newId();
  const body = { decisionId: newId(), by: operator, attempts: 1 };
  expect(
    (await billing.as(operator, 'operator').post(`/internal/ops/dead-letters/${id}/retry`, body)).status,
  ).toBe(403);
  expect((await gateway().post(`/internal/ops/dead-letters/${id}/retry`, body)).status).toBe(404);
  expect((await gateway().post(`/internal/ops/dead-letters/${id}/retry`, { attempts: 1 })).status).toBe(400);
  expect((await gateway().get('/internal/ops/dead-letters/nonsense')).status).toBe(404);
});
