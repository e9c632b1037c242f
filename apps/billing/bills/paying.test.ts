import { PaymentCompleted, PaymentFailed } from '#contracts';
import { FakeClock, type MoneyJson, newId } from '#kernel';
import { type Answer, startTestService, type TestService, until } from '#testing';
import { billingService } from '../index.js';
import { claimBill } from '../testing/claim-bill.js';

const clock = new FakeClock();
let billing: TestService;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock, environment: { SEED_DEMO: 'true' } });
});
afterAll(() => billing.stop());

interface TestBill {
  id: string;
  number: string;
  customerId: string;
  amount: MoneyJson;
}

async function newBill(): Promise<TestBill> {
  const { body } = await billing.as(newId()).post('/api/bills', { amount: '50.00', dueDate: '2999-12-31' });
  return body;
}

const claim = (bill: TestBill, paymentId: string) =>
  claimBill(billing.asService('payment'), { billId: bill.id, paymentId, payerId: bill.customerId });
const outcome = ({ status, body }: Pick<Answer, 'status' | 'body'>) =>
  status === 200 ? 'claimed' : body.code;
const stored = async (bill: TestBill) =>
  (await billing.database.rows('SELECT * FROM billing.bills WHERE id = $1', [bill.id]))[0]!;
const seen = async (bill: TestBill) => (await billing.as(bill.customerId).get(`/api/bills/${bill.id}`)).body;

const payment = (bill: TestBill, paymentId: string, amount = bill.amount) => ({
  paymentId,
  reference: 'P-1',
  purpose: 'bill' as const,
  method: 'wallet' as const,
  payerId: bill.customerId,
  billId: bill.id,
  amount,
  title: `Bill ${bill.number}`,
});
const COMPLETED_AT = '2026-11-21T10:00:00.000Z';
const completed = (bill: TestBill, paymentId: string, amount?: MoneyJson) =>
  billing.publish(PaymentCompleted, paymentId, {
    ...payment(bill, paymentId, amount),
    receiptNumber: 'R-1',
    completedAt: COMPLETED_AT,
  });
const failed = (bill: TestBill, paymentId: string) =>
  billing.publish(PaymentFailed, paymentId, {
    ...payment(bill, paymentId),
    code: 'insufficient_funds',
    reason: 'too little money',
  });
const deadLetter = (eventId: string) =>
  until('the event is a dead letter', async () => {
    const { body } = await billing.asService('gateway').get('/internal/ops/dead-letters');
    return (body as { id: string; error: string }[]).find(({ id }) => id === eventId)?.error;
  });

describe('what became of the payment', () => {
  test('a completed payment pays its bill, once, although it is told twice', async () => {
    const bill = await newBill();
    const paymentId = newId();
    await claim(bill, paymentId);
    await completed(bill, paymentId);
    await completed(bill, paymentId); // the same fact under another event id
    expect(await seen(bill)).toMatchObject({
      status: 'paid',
      overdue: false,
      paymentId,
      paidAt: COMPLETED_AT,
    });
    expect(await stored(bill)).toMatchObject({ payment_id: paymentId, claimed_by: null, claimed_at: null });
    const listed = await billing.as(bill.customerId).get('/api/bills?status=paid');
    expect(listed.body.items.map(({ id }: { id: string }) => id)).toEqual([bill.id]);
    for (const late of [
      await billing.as(bill.customerId).patch(`/api/bills/${bill.id}`, { amount: 1 }),
      await billing.as(bill.customerId).post(`/api/bills/${bill.id}/cancel`),
    ]) {
      expect([late.status, late.body.code]).toEqual([409, 'bill_not_payable']);
    }
  });

  test('a failed payment frees the bill, and another one pays it', async () => {
    const bill = await newBill();
    const [first, next] = [newId(), newId()];
    await claim(bill, first);
    await failed(bill, first);
    expect(await stored(bill)).toMatchObject({ status: 'unpaid', claimed_by: null });
    expect(outcome(await claim(bill, next))).toBe('claimed');
    await failed(bill, first); // late, and told again
    expect(await stored(bill)).toMatchObject({ claimed_by: next });
    await completed(bill, next);
    await failed(bill, first);
    await failed(bill, next); // a late "failed" never undoes a success
    expect(await seen(bill)).toMatchObject({ status: 'paid', paymentId: next });
  });

  test('completed is right also when the claim is gone, or was never seen', async () => {
    const bill = await newBill();
    const paymentId = newId();
    await completed(bill, paymentId);
    expect(await seen(bill)).toMatchObject({ status: 'paid', paymentId });
  });

  test('payments for other things concern no bill', async () => {
    const paymentId = newId();
    const topUp = { ...payment(await newBill(), paymentId), purpose: 'top_up' as const, billId: undefined };
    const done = { ...topUp, receiptNumber: 'R-1', completedAt: COMPLETED_AT };
    await billing.publish(PaymentCompleted, paymentId, done);
    await billing.publish(PaymentFailed, paymentId, { ...topUp, code: 'x', reason: 'x' });
    const missing = { ...(await newBill()), id: newId() };
    await failed(missing, newId());
    const waiting = await billing.asService('gateway').get('/internal/ops/queue');
    expect(waiting.body.inbox).toEqual({ retry: 0, dead: 0 });
  });

  test('what cannot be true becomes a dead letter, and the bill stays as it was', async () => {
    const paid = await newBill();
    await completed(paid, newId());
    const cancelled = await newBill();
    await billing.as(cancelled.customerId).post(`/api/bills/${cancelled.id}/cancel`);
    const held = await newBill();
    await claim(held, newId());
    const cheap = await newBill();
    const unknown = { ...(await newBill()), id: newId() };
    const cases: [TestBill, MoneyJson | undefined, string][] = [
      [paid, undefined, 'bill cannot go from paid to paid'],
      [cancelled, undefined, 'bill cannot go from cancelled to paid'],
      [held, undefined, 'holds'],
      [cheap, { amount: '49.99', currency: 'NGN' }, 'another amount'],
      [cheap, { amount: '50.00', currency: 'USD' }, 'another amount'],
      [unknown, undefined, 'does not exist'],
    ];
    for (const [bill, amount, why] of cases) {
      const before = await stored({ ...bill });
      const event = await completed(bill, newId(), amount);
      expect(await deadLetter(event.id)).toContain(why);
      expect(await stored(bill)).toEqual(before);
    }
  });

  test('30 bills are claimed, half are paid and half fail, all at once', async () => {
    const bills = await Promise.all(Array.from({ length: 30 }, () => newBill()));
    const payments = bills.map(() => newId());
    await Promise.all(bills.map((bill, i) => claim(bill, payments[i]!)));
    await Promise.all(bills.map((bill, i) => (i % 2 ? completed : failed)(bill, payments[i]!)));
    const rows = await Promise.all(bills.map(stored));
    expect(rows.map(({ status, claimed_by }) => [status, claimed_by])).toEqual(
      bills.map((_, i) => [i % 2 ? 'paid' : 'unpaid', null]),
    );
  });
});

describe('a quote for electricity', () => {
  const quote = async (): Promise<TestBill & { expiresAt: string }> =>
    (await billing.as(newId()).post('/api/electricity/verify', { meterNumber: '04123456784', amount: 1000 }))
      .body;

  test('is claimed with its meter, and paid', async () => {
    const bill = await quote();
    const paymentId = newId();
    const { body } = await claim(bill, paymentId);
    expect(body).toEqual({
      billId: bill.id,
      number: bill.number,
      kind: 'electricity',
      amount: { amount: '1000.00', currency: 'NGN' },
      title: 'Electricity for meter 04123456784',
      meterNumber: '04123456784',
    });
    clock.advance(31 * 60_000); // the payment takes longer than the quote lives
    expect(outcome(await claim(bill, paymentId))).toBe('claimed');
    await completed(bill, paymentId);
    expect(await seen(bill)).toMatchObject({ status: 'paid', units: { kwh: expect.any(String) } });
  });

  test('cannot be claimed once it has expired, and is owed no more', async () => {
    const bill = await quote();
    const unpaid = async () =>
      (await billing.as(bill.customerId).get('/api/bills?status=unpaid')).body.items.length;
    clock.advance(30 * 60_000 - 1);
    expect(await unpaid()).toBe(1);
    clock.advance(1);
    const late = await claim(bill, newId());
    expect([late.status, late.body.code]).toEqual([409, 'bill_not_payable']);
    expect(await stored(bill)).toMatchObject({ claimed_by: null });
    expect(await unpaid()).toBe(0);
    clock.advance(3 * 24 * 3_600_000);
    expect(await seen(bill)).toMatchObject({ status: 'unpaid', overdue: false });
    const overdue = await billing.as(bill.customerId).get('/api/bills?status=overdue');
    expect(overdue.body.items).toEqual([]);
  });

  test('is cancelled, but not changed', async () => {
    const bill = await quote();
    const changed = await billing.as(bill.customerId).patch(`/api/bills/${bill.id}`, { amount: 5 });
    expect([changed.status, changed.body.code]).toEqual([409, 'conflict']);
    const cancelled = await billing.as(bill.customerId).post(`/api/bills/${bill.id}/cancel`);
    expect(cancelled.body.status).toBe('cancelled');
    expect(outcome(await claim(bill, newId()))).toBe('bill_not_payable');
  });
});
