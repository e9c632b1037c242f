import { checkInvariants, untilSettled } from '#invariants';
import { newId } from '#kernel';
import { type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import {
  aPaidBill,
  keyed,
  newOperator,
  type OperatedSystem,
  startOperatedSystem,
  trailOf,
  untilEnded,
} from './world.js';

let it: OperatedSystem;
beforeAll(async () => {
  it = await startOperatedSystem();
}, 60_000);
/** Whatever was asked for here: the books, the holds, the payments and the trail agree in the end. */
afterEach(async () => {
  await untilSettled(it.world.plan.databaseUrl);
  const { results } = await checkInvariants({ databaseUrl: it.world.plan.databaseUrl, settled: true });
  expect(results.flatMap(({ id, violations }) => violations.map((text) => `${id}: ${text}`))).toEqual([]);
});
afterAll(() => it.world.stop(), 60_000);

const reason = 'the shop paid it as well';
const refund = (paymentId: string, by = it.ngozi, key?: string) =>
  keyed(by, `/api/ops/payments/${paymentId}/refund`, { reason }, key);
const adjust = (person: Person, amount: string | number, by = it.ngozi, key?: string) =>
  keyed(by, `/api/ops/wallets/${person.id}/adjust`, { amount, reason }, key);

test('a paid bill is given back: the money is in the wallet, the bill is owed again, the payer is told', async () => {
  const { person, bill, payment } = await aPaidBill(it.world, '45.00');
  const { status, body } = await refund(payment.id);
  expect([status, body.state, body.needsApproval, body.amount.amount]).toEqual([
    202,
    'approved',
    false,
    '45.00',
  ]);
  expect((await untilEnded(it.ngozi, body.id)).state).toBe('done');
  await until('the money is back', async () => (await person.balance()) === '45.00');
  const seen = (await person.api.get(`/api/payments/${payment.id}`)).body;
  expect(seen.status).toBe('REFUNDED');
  expect(typeof seen.refundedAt).toBe('string');
  const { body: timeline } = await person.api.get(`/api/payments/${payment.id}/timeline`);
  expect(timeline.map(({ step }: Json) => step)).toEqual(['accepted', 'funds_held', 'paid', 'refunded']);
  await until(
    'the bill is owed again',
    async () => (await person.api.get(`/api/bills/${bill.id}`)).body.status === 'unpaid',
  );
  await person.sms('NGN 45.00 was given back to your wallet');
  const { body: entries } = await person.api.get(`/api/wallets/${person.id}/entries`);
  expect(entries.items[0]).toMatchObject({
    kind: 'refund',
    amount: { amount: '45.00' },
    paymentId: payment.id,
  });
  expect(await trailOf(it.ngozi, payment.id)).toEqual(
    expect.arrayContaining(['money_action_requested', 'payment_refunded', 'money_action_ended']),
  );
  const again = await person.finished(
    await person.post('/api/payments', { billId: bill.id, amount: '45.00' }),
  );
  expect(again.status).toBe('PAID');
});

test('twenty refunds of one payment, by two operators and with several keys, give it back once', async () => {
  const { person, payment } = await aPaidBill(it.world, '30.00');
  const key = newId();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      refund(payment.id, i % 2 ? it.ngozi : it.emeka, i < 10 ? key : undefined),
    ),
  );
  const accepted = answers.filter(({ status }) => status === 202);
  expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 409]));
  await untilEnded(it.ngozi, accepted[0]!.body.id);
  await until('the money is back', async () => (await person.balance()) === '30.00');
  expect((await refund(payment.id)).body.code).toBe('payment_not_refundable');
});

test('the same key answers the same, another body is refused, and no key is refused', async () => {
  const { payment } = await aPaidBill(it.world, '10.00');
  const key = newId();
  const first = await refund(payment.id, it.ngozi, key);
  await untilEnded(it.ngozi, first.body.id);
  const second = await refund(payment.id, it.ngozi, key);
  expect([second.status, second.body.id, second.headers.get('idempotency-replayed')]).toEqual([
    202,
    first.body.id,
    'true',
  ]);
  const path = `/api/ops/payments/${payment.id}/refund`;
  expect((await keyed(it.ngozi, path, { reason: 'another one' }, key)).body.code).toBe(
    'idempotency_key_reused',
  );
  expect((await it.ngozi.api.post(path, { reason })).body.code).toBe('idempotency_key_required');
});

test('transfers, top-ups, failed payments and what does not exist are not given back', async () => {
  const [giver, taker] = [await Person.register(it.world), await Person.register(it.world)];
  const topUp = await giver.addFunds('50.00');
  const transfer = await giver.finished(
    await giver.post('/api/transfers', { toWalletId: taker.id, amount: '50.00' }),
  );
  const bill = await giver.createBill('99.00');
  const failed = await giver.finished(
    await giver.post('/api/payments', { billId: bill.id, amount: '99.00' }),
  );
  for (const { id } of [topUp, transfer, failed]) {
    const { status, body } = await refund(id);
    expect([status, body.code]).toEqual([409, 'payment_not_refundable']);
  }
  for (const id of [newId(), 'nonsense']) expect((await refund(id)).status).toBe(404);
});

test('above the limit another operator has to agree; nobody agrees with themselves; it happens once', async () => {
  const { person, payment } = await aPaidBill(it.world, '1000.01');
  const { status, body } = await refund(payment.id);
  expect([status, body.state]).toEqual([202, 'waiting_for_approval']);
  const approve = (by = it.emeka) => by.api.post(`/api/ops/approvals/${body.id}/approve`);
  const own = await approve(it.ngozi);
  expect([own.status, own.body.code]).toEqual([403, 'second_person_required']);
  expect(await person.balance()).toBe('0.00');
  const waiting = (await it.emeka.api.get('/api/ops/approvals?state=waiting_for_approval')).body.items;
  expect(waiting.map(({ id }: Json) => id)).toContain(body.id);
  const third = await newOperator(it.world, 'Third Person');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => approve(i % 2 ? it.emeka : third)));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  expect((await untilEnded(it.ngozi, body.id)).state).toBe('done');
  await until('the money is back', async () => (await person.balance()) === '1000.01');
  expect(await trailOf(it.ngozi, payment.id)).toContain('money_action_approved');
});

test('of an approval and a rejection at once, one counts; rejected, nothing moves and it can be asked for again', async () => {
  const { person, payment } = await aPaidBill(it.world, '2000.00');
  const { body } = await refund(payment.id);
  expect((await refund(payment.id)).body.code).toBe('conflict');
  const rejected = await it.emeka.api.post(`/api/ops/approvals/${body.id}/reject`, {
    reason: 'they were served',
  });
  expect(rejected.body).toMatchObject({
    state: 'rejected',
    decidedBy: it.emeka.id,
    decidedWhy: 'they were served',
  });
  expect((await it.emeka.api.post(`/api/ops/approvals/${body.id}/approve`)).body.code).toBe('conflict');
  expect(await person.balance()).toBe('0.00');
  const next = (await refund(payment.id)).body;
  const third = await newOperator(it.world, 'Third Person');
  const both = await Promise.all([
    it.emeka.api.post(`/api/ops/approvals/${next.id}/approve`),
    third.api.post(`/api/ops/approvals/${next.id}/reject`, { reason: 'not again' }),
  ]);
  expect(both.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1);
  await untilEnded(it.ngozi, next.id);
});

test('a wallet is put right in both directions, against its own account, and stands in the statement', async () => {
  const person = await Person.register(it.world);
  expect((await untilEnded(it.ngozi, (await adjust(person, '25.50')).body.id)).state).toBe('done');
  expect((await untilEnded(it.ngozi, (await adjust(person, -10.25)).body.id)).state).toBe('done');
  expect(await person.balance()).toBe('15.25');
  const { body } = await person.api.get(`/api/wallets/${person.id}/entries`);
  expect(body.items.map((entry: Json) => [entry.kind, entry.amount.amount, entry.note])).toEqual([
    ['adjustment', '-10.25', reason],
    ['adjustment', '25.50', reason],
  ]);
  expect(await person.messages()).not.toContainEqual(expect.stringContaining('25.50'));
  expect(await trailOf(it.ngozi, person.id)).toEqual(
    expect.arrayContaining(['wallet_adjusted', 'money_action_ended']),
  );
});

test('many adjustments at once never take more than there is', async () => {
  const person = await Person.register(it.world);
  await untilEnded(it.ngozi, (await adjust(person, '100.00')).body.id);
  const answers = await Promise.all(Array.from({ length: 20 }, () => adjust(person, '-30.00')));
  const ends = await Promise.all(
    answers.filter(({ status }) => status === 202).map(({ body }) => untilEnded(it.ngozi, body.id)),
  );
  expect(ends.filter(({ state }) => state === 'done')).toHaveLength(3);
  const refused = ends.filter(({ state }) => state === 'refused');
  expect(refused.every(({ refusal }) => refusal === 'insufficient_funds')).toBe(true);
  expect(await person.balance()).toBe('10.00');
  expect((await adjust(person, '-10.01')).body.code).toBe('insufficient_funds');
});

test('a large adjustment waits for a second operator, whatever its sign', async () => {
  const person = await Person.register(it.world);
  const given = (await adjust(person, '5000.00')).body;
  expect(given.state).toBe('waiting_for_approval');
  await it.emeka.api.post(`/api/ops/approvals/${given.id}/approve`);
  await untilEnded(it.ngozi, given.id);
  const taken = (await adjust(person, '-1000.01', it.emeka)).body;
  expect(taken.state).toBe('waiting_for_approval');
  await it.ngozi.api.post(`/api/ops/approvals/${taken.id}/reject`, { reason: 'it is theirs' });
  expect(await person.balance()).toBe('5000.00');
});

test('amounts that are none, strangers and bad ids are refused', async () => {
  const person = await Person.register(it.world);
  for (const amount of ['0', '-0.00', '1.001', 'much', '--5', '', '10000000.01', 1e21, '-']) {
    expect([amount, (await adjust(person, amount)).status]).toEqual([amount, 400]);
  }
  const path = (id: string) => `/api/ops/wallets/${id}/adjust`;
  for (const id of [newId(), 'nonsense']) {
    expect((await keyed(it.ngozi, path(id), { amount: '5.00', reason })).status).toBe(404);
  }
  expect((await keyed(it.ngozi, path(person.id), { amount: '5.00' })).status).toBe(400);
  expect((await keyed(it.ngozi, path(person.id), { amount: '5.00', currency: 'KES', reason })).status).toBe(
    400,
  );
  expect((await person.post(path(person.id), { amount: '5.00', reason })).status).toBe(403);
  for (const action of ['approve', 'reject']) {
    const answer = await it.emeka.api.post(
      `/api/ops/approvals/${newId()}/${action}`,
      action === 'reject' ? { reason } : undefined,
    );
    expect(answer.status).toBe(404);
  }
  expect((await person.api.get('/api/ops/approvals')).status).toBe(403);
});
