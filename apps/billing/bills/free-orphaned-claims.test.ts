import { fastify, type FastifyInstance } from 'fastify';
import type { ClaimSettlement } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { CALLER_HEADER, readCaller } from '#service-host';
import { startTestService, type TestService, until } from '#testing';
import { billingService } from '../index.js';
import { FreeOrphanedClaims } from './free-orphaned-claims.js';
import { claimBill } from '../testing/claim-bill.js';

const MINUTE = 60_000;
const clock = new FakeClock();
let billing: TestService;
/** The instance that asks; nearly always the one above. */
let asking: TestService;
/** Plays the payment service. */
let payments: FastifyInstance;
let states = new Map<string, ClaimSettlement['state'] | 'away'>();
let asked: string[] = [];
/** Runs while billing waits for the answer. */
let meanwhile: (paymentId: string) => Promise<void> = async () => undefined;

beforeAll(async () => {
  payments = fastify();
  payments.post<{ Params: { id: string } }>('/internal/payments/:id/settle-claim', async (request, reply) => {
    const { settings, clock } = asking.running.parts;
    const signed = String(request.headers[CALLER_HEADER]);
    const caller = readCaller(signed, settings.INTERNAL_SECRET, clock.now().getTime());
    expect(caller).toMatchObject({ kind: 'service', service: 'billing' });
    const { id } = request.params;
    asked.push(id);
    await meanwhile(id);
    const state = states.get(id) ?? 'none';
    if (state === 'away') return reply.status(500).send({ code: 'internal_error' });
    return reply.send({ state } satisfies ClaimSettlement);
  });
  const PAYMENT_URL = await payments.listen({ host: '127.0.0.1', port: 0 });
  billing = asking = await startTestService(billingService, { clock, environment: { PAYMENT_URL } });
});
afterAll(async () => {
  await billing.stop();
  await payments.close();
});
beforeEach(async () => {
  states = new Map();
  asked = [];
  meanwhile = async () => undefined;
  await billing.database.rows('UPDATE billing.bills SET claimed_by = NULL, claimed_at = NULL');
});

interface Claimed {
  billId: string;
  customerId: string;
  paymentId: string;
}

const claim = ({ billId, customerId, paymentId }: Claimed) =>
  claimBill(billing.asService('payment'), { billId, paymentId, payerId: customerId });

async function claimedBill(state?: ClaimSettlement['state'] | 'away'): Promise<Claimed> {
  const { body } = await billing.as(newId()).post('/api/bills', { amount: 5, dueDate: '2999-12-31' });
  const claimed = { billId: body.id, customerId: body.customerId, paymentId: newId() };
  expect((await claim(claimed)).status).toBe(200);
  if (state) states.set(claimed.paymentId, state);
  return claimed;
}
const runOnce = () => billing.running.app.get(FreeOrphanedClaims).runOnce();
const holder = async ({ billId }: Claimed) =>
  (await billing.database.rows('SELECT claimed_by FROM billing.bills WHERE id = $1', [billId]))[0]!
    .claimed_by;

test('a young claim is left alone; an old one of a payment that never was is freed', async () => {
  const bill = await claimedBill('none');
  clock.advance(MINUTE - 1);
  expect(await runOnce()).toBe(0);
  expect(asked).toEqual([]);
  clock.advance(1);
  expect(await runOnce()).toBe(1);
  expect(asked).toEqual([bill.paymentId]);
  expect(await holder(bill)).toBeNull();
  expect(await runOnce()).toBe(0);
  expect(asked).toHaveLength(1);
  expect((await claim({ ...bill, paymentId: newId() })).status).toBe(200);
});

test.each([
  ['none', true],
  ['FAILED', true],
  ['PENDING', false],
  ['PROCESSING', false],
  ['PAID', false],
  ['REFUNDED', false],
  ['away', false],
] as const)('payment says %s: freed is %s', async (state, free) => {
  const bill = await claimedBill(state);
  clock.advance(MINUTE);
  expect(await runOnce()).toBe(free ? 1 : 0);
  expect(await holder(bill)).toBe(free ? null : bill.paymentId);
});

test('what is left is asked again, until it can be freed', async () => {
  const bill = await claimedBill('away');
  clock.advance(MINUTE);
  await runOnce();
  states.set(bill.paymentId, 'PROCESSING');
  await runOnce();
  states.set(bill.paymentId, 'FAILED');
  await runOnce();
  expect(asked).toEqual([bill.paymentId, bill.paymentId, bill.paymentId]);
  expect(await holder(bill)).toBeNull();
});

test('claims that stay do not keep others from being settled', async () => {
  const stuck = await Promise.all(Array.from({ length: 40 }, () => claimedBill('PROCESSING')));
  clock.advance(1);
  const orphans = await Promise.all(Array.from({ length: 20 }, () => claimedBill('none')));
  clock.advance(MINUTE);
  expect(await runOnce()).toBe(20);
  expect(asked).toHaveLength(60);
  expect(await Promise.all(orphans.map(holder))).toEqual(orphans.map(() => null));
  expect(await Promise.all(stuck.map(holder))).toEqual(stuck.map(({ paymentId }) => paymentId));
});

test('a payment service that is away is not asked about each of many claims', async () => {
  await Promise.all(Array.from({ length: 40 }, () => claimedBill('away')));
  clock.advance(MINUTE);
  expect(await runOnce()).toBe(0);
  expect(asked.length).toBeLessThan(40);
});

test('a bill that was freed and claimed by another payment meanwhile stays with that one', async () => {
  const bill = await claimedBill('FAILED');
  const other = { ...bill, paymentId: newId() };
  clock.advance(MINUTE);
  meanwhile = async () => {
    await billing.database.rows(
      'UPDATE billing.bills SET claimed_by = NULL, claimed_at = NULL WHERE id = $1',
      [bill.billId],
    );
    expect((await claim(other)).status).toBe(200); // no transaction is open while billing asks
  };
  expect(await runOnce()).toBe(0);
  expect(await holder(bill)).toBe(other.paymentId);
});

test('the running service settles them by itself', async () => {
  const { PAYMENT_URL } = billing.running.parts.settings;
  const service = await startTestService(billingService, {
    environment: { PAYMENT_URL, CLAIM_SETTLE_AFTER_MS: '20' },
  });
  asking = service;
  const { body } = await service.as(newId()).post('/api/bills', { amount: 5, dueDate: '2999-12-31' });
  const paymentId = newId();
  states.set(paymentId, 'FAILED');
  const claim = { billId: body.id, paymentId, payerId: body.customerId };
  const claimed = await claimBill(service.asService('payment'), claim);
  expect(claimed.status).toBe(200);
  await until('the claim is freed', async () => {
    const [row] = await service.database.rows('SELECT claimed_by FROM billing.bills');
    return row?.claimed_by === null;
  });
  await service.stop();
});
