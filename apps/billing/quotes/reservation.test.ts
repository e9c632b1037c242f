import { PaymentCompleted, PaymentFailed, PaymentRefunded } from '#contracts';
import { FakeClock, type MoneyJson, newId } from '#kernel';
import { type Answer, startTestService, type TestService, until } from '#testing';
import { billingService } from '../index.js';
import { claimBill } from '../testing/claim-bill.js';

// The demo's rising blocks: 50 kWh of the month at 4.00, then 68.00; 300.00 a month; 30 % for old debt; VAT 7.5 %.
const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let billing: TestService;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock, environment: { SEED_DEMO: 'true' } });
});
afterAll(() => billing.stop());

const operator = () => billing.as(newId(), 'operator');

interface TestBill {
  id: string;
  number: string;
  customerId: string;
  meterNumber: string;
  amount: MoneyJson;
  units: { kwh: string };
  breakdown: { kind: string; amount: MoneyJson; kwh?: string }[];
  difference?: { reasons: { code: string }[]; text: string };
}

let next = 0;
/** A meter of its own for each test, of a kind whose numbers have no check digit. */
async function newMeter(arrears = '0'): Promise<string> {
  const number = String(500_000 + ++next);
  const body = { holderName: 'Bola Ige', area: 'Ibadan', tariffId: 'demo-rising', kind: 'online', arrears };
  expect((await operator().put(`/api/ops/meters/${number}`, body)).status).toBe(200);
  return number;
}

async function quote(meterNumber: string, amount = '1000.00', payer = newId()): Promise<TestBill> {
  const { status, body } = await billing.as(payer).post('/api/electricity/verify', { meterNumber, amount });
  expect([status, body.code]).toEqual([201, undefined]);
  return body;
}
const claim = (bill: TestBill, paymentId = newId()) =>
  claimBill(billing.asService('payment'), { billId: bill.id, paymentId, payerId: bill.customerId });
const outcome = ({ status, body }: Pick<Answer, 'status' | 'body'>) =>
  status === 200 ? 'claimed' : body.code;
const facts = (bill: TestBill, paymentId: string) => ({
  paymentId,
  reference: 'P-1',
  purpose: 'bill' as const,
  method: 'wallet' as const,
  payerId: bill.customerId,
  billId: bill.id,
  amount: bill.amount,
  title: `Bill ${bill.number}`,
});
const completed = (bill: TestBill, paymentId: string) =>
  billing.publish(PaymentCompleted, paymentId, {
    ...facts(bill, paymentId),
    receiptNumber: 'R-1',
    completedAt: '2026-11-21T12:00:00.000Z',
  });
const failed = (bill: TestBill, paymentId: string) =>
  billing.publish(PaymentFailed, paymentId, { ...facts(bill, paymentId), code: 'x', reason: 'x' });

const line = (bill: TestBill, kind: string) => bill.breakdown.find((it) => it.kind === kind)?.amount.amount;
const counters = async (number: string) => {
  const rows = await billing.database.rows(
    `SELECT month, watt_hours, fixed_bill_id FROM billing.meter_months WHERE meter_number = $1 ORDER BY month`,
    [number],
  );
  const [meter] = await billing.database.rows('SELECT arrears FROM billing.meters WHERE number = $1', [
    number,
  ]);
  return { months: rows, arrears: meter!.arrears };
};
const untilState = (bill: TestBill, status: string, claimedBy: string | null = null) =>
  until(`${bill.number} is ${status}`, async () => {
    const [row] = await billing.database.rows('SELECT status, claimed_by FROM billing.bills WHERE id = $1', [
      bill.id,
    ]);
    return row!.status === status && row!.claimed_by === claimedBy;
  });
async function buy(meter: string, amount?: string, payer?: string): Promise<TestBill> {
  const bill = await quote(meter, amount, payer);
  const paymentId = newId();
  expect(outcome(await claim(bill, paymentId))).toBe('claimed');
  await completed(bill, paymentId);
  await untilState(bill, 'paid');
  return bill;
}

test('a claim takes the units, the fixed charge and the share of the debt; a failed payment gives all of it back', async () => {
  const meter = await newMeter('200');
  const bill = await quote(meter);
  // Fee 300. Debt 30 % of 700 = 210, of which there are 200. Left 800, / 1.075 = 744.18, less the fee 444.18:
  // 50 kWh × 4 = 200, left 244.18 / 68 = 3.59 → 3.5 kWh.
  expect([line(bill, 'fixed'), line(bill, 'arrears'), bill.units.kwh]).toEqual(['300.00', '200.00', '53.5']);
  expect(await counters(meter)).toEqual({ months: [], arrears: '20000' });
  const paymentId = newId();
  expect(outcome(await claim(bill, paymentId))).toBe('claimed');
  expect(outcome(await claim(bill, paymentId))).toBe('claimed'); // again, and nothing is taken twice
  expect(await counters(meter)).toEqual({
    months: [{ month: '2026-11', watt_hours: '53500', fixed_bill_id: bill.id }],
    arrears: '0',
  });
  await failed(bill, newId()); // of another payment: gives nothing back
  await failed(bill, paymentId);
  await untilState(bill, 'unpaid');
  await failed(bill, paymentId);
  expect(outcome(await claim(bill, newId()))).toBe('claimed'); // the quote's price holds again
  expect(await counters(meter)).toMatchObject({ months: [{ watt_hours: '53500' }], arrears: '0' });
});

test.each([1, 2, 3])('20 claims at once on one meter, round %i: one has the cheap block', async () => {
  const meter = await newMeter();
  const bills = await Promise.all(Array.from({ length: 20 }, () => quote(meter)));
  const answers = await Promise.all(bills.map((bill) => claim(bill)));
  const outcomes = answers.map(outcome);
  expect(outcomes.filter((it) => it === 'claimed')).toHaveLength(1);
  expect(outcomes.filter((it) => it === 'quote_outdated')).toHaveLength(19);
  expect(answers.find(({ status }) => status !== 200)!.status).toBe(409);
  const winner = bills[outcomes.indexOf('claimed')]!;
  const wattHours = String(Number(winner.units.kwh) * 1_000);
  expect((await counters(meter)).months).toEqual([
    { month: '2026-11', watt_hours: wattHours, fixed_bill_id: winner.id },
  ]);
  const again = await quote(meter);
  expect([line(again, 'fixed'), again.breakdown.filter((it) => it.kind === 'energy')]).toEqual([
    undefined,
    [expect.objectContaining({ unitPrice: '68.00' })],
  ]);
});

test('where the price does not depend on what was bought, purchases do not hinder each other', async () => {
  const bills = await Promise.all(Array.from({ length: 20 }, () => quote('04123456784')));
  const answers = await Promise.all(bills.map((bill) => claim(bill)));
  expect(answers.map(outcome)).toEqual(bills.map(() => 'claimed'));
  expect((await counters('04123456784')).months).toMatchObject([{ watt_hours: String(20 * 13_600) }]);
});

test('a payment that completes after its claim was given up takes the units all the same, once', async () => {
  const meter = await newMeter();
  const bill = await quote(meter);
  const paymentId = newId();
  await claim(bill, paymentId);
  await failed(bill, paymentId);
  await untilState(bill, 'unpaid');
  expect(await counters(meter)).toMatchObject({ months: [{ watt_hours: '0', fixed_bill_id: null }] });
  await completed(bill, paymentId);
  await untilState(bill, 'paid');
  await failed(bill, paymentId); // out of order, and too late
  await completed(bill, paymentId);
  await buy(meter); // everything before has been handled
  const wattHours = Number((await counters(meter)).months[0]!.watt_hours);
  expect(wattHours).toBeGreaterThan(Number(bill.units.kwh) * 1_000);
  expect((await counters(meter)).months[0]!.fixed_bill_id).toBe(bill.id);
});

test('a refund gives the units back, also when it is heard of before the payment', async () => {
  for (const early of [false, true]) {
    const meter = await newMeter('100');
    const bill = await quote(meter);
    const paymentId = newId();
    await claim(bill, paymentId);
    if (!early) await completed(bill, paymentId);
    if (!early) await untilState(bill, 'paid');
    await billing.publish(PaymentRefunded, paymentId, {
      ...facts(bill, paymentId),
      reason: 'nothing came',
      decisionId: newId(),
      refundedAt: '2026-11-21T12:00:00.000Z',
    });
    await untilState(bill, 'unpaid');
    if (early) await completed(bill, paymentId);
    await quote(meter);
    expect(await counters(meter)).toEqual({
      months: [{ month: '2026-11', watt_hours: '0', fixed_bill_id: null }],
      arrears: '10000',
    });
  }
});

test('no more debt is given back than was taken, however little there was when the payment came', async () => {
  const meter = await newMeter('200');
  const bill = await quote(meter);
  const paymentId = newId();
  await claim(bill, paymentId);
  await failed(bill, paymentId);
  await untilState(bill, 'unpaid');
  const known = { holderName: 'Bola Ige', area: 'Ibadan', tariffId: 'demo-rising', kind: 'online' };
  await operator().put(`/api/ops/meters/${meter}`, { ...known, arrears: '50' });
  await completed(bill, paymentId); // late: it took 50 of the 200 that it was to take
  await untilState(bill, 'paid');
  expect((await counters(meter)).arrears).toBe('0');
  await billing.publish(PaymentRefunded, paymentId, {
    ...facts(bill, paymentId),
    reason: 'nothing came',
    decisionId: newId(),
    refundedAt: '2026-11-21T12:00:00.000Z',
  });
  await untilState(bill, 'unpaid');
  expect((await counters(meter)).arrears).toBe('5000');
});

test('a quote of a meter that has another tariff now is claimed no more', async () => {
  const meter = await newMeter();
  const bill = await quote(meter);
  const known = { holderName: 'Bola Ige', area: 'Ibadan', kind: 'online' };
  await operator().put(`/api/ops/meters/${meter}`, { ...known, tariffId: 'demo-business' });
  expect(outcome(await claim(bill))).toBe('quote_outdated');
  expect(outcome(await claim(await quote(meter)))).toBe('claimed');
});

test('a quote of the month before, or of a meter that was closed since, is claimed no more', async () => {
  const suspended = await newMeter();
  const bill = await quote(suspended);
  const body = { holderName: 'Bola Ige', area: 'Ibadan', tariffId: 'demo-rising', kind: 'online' };
  for (const status of ['suspended', 'blocked']) {
    await operator().put(`/api/ops/meters/${suspended}`, { ...body, status });
    expect(outcome(await claim(bill))).toBe(`meter_${status}`);
    const order = { meterNumber: suspended, amount: 1000 };
    const refused = await billing.as(newId()).post('/api/electricity/verify', order);
    expect([refused.status, refused.body.code]).toEqual([409, `meter_${status}`]);
  }
  await operator().put(`/api/ops/meters/${suspended}`, { ...body, status: 'active' });
  // Half past eleven in the evening of the 30th in Lagos, an hour east of UTC.
  clock.advance(Date.UTC(2026, 10, 30, 22, 45) - clock.now().getTime());
  const late = await quote(suspended);
  clock.advance(20 * 60_000);
  expect(outcome(await claim(late))).toBe('quote_outdated');
  expect((await counters(suspended)).months).toMatchObject([{ watt_hours: '0' }]);
});

test('months without a purchase pile up; a month that was given back is due again, whatever came after', async () => {
  const meter = await newMeter();
  const december = await quote(meter);
  expect(line(december, 'fixed')).toBe('300.00');
  clock.advance(31 * 24 * 3_600_000);
  const january = await quote(meter);
  expect(line(january, 'fixed')).toBe('600.00');
  const paymentId = newId();
  await claim(january, paymentId);
  clock.advance(31 * 24 * 3_600_000);
  const february = await buy(meter);
  expect(line(february, 'fixed')).toBe('300.00');
  await failed(january, paymentId);
  await untilState(january, 'unpaid');
  expect(line(await quote(meter, '2000.00'), 'fixed')).toBe('600.00'); // December and January, not February
  clock.advance(150 * 24 * 3_600_000);
  expect(line(await quote(meter, '2000.00'), 'fixed')).toBe('900.00'); // three months at most
});

test('whoever gets fewer units than last time is told why', async () => {
  const payer = newId();
  const meter = await newMeter();
  const first = await buy(meter, '1000.00', payer);
  expect(first.difference).toBeUndefined();
  const second = await quote(meter, '1000.00', payer);
  expect(second.difference).toMatchObject({
    previous: { billId: first.id, amount: first.amount, units: first.units },
    reasons: [{ code: 'higher_block' }],
  });
  expect(second.difference!.text).toMatch(/^Fewer units for the money than last time: .*dearer block/);
  expect((await billing.as(payer).get(`/api/bills/${second.id}`)).body.difference).toEqual(second.difference);
  expect((await quote(meter)).difference).toBeUndefined(); // a stranger learns nothing of it
});

test('a purchase under way for that meter is offered for continuing', async () => {
  const payer = newId();
  const meter = await newMeter();
  const bill = await quote(meter, '1000.00', payer);
  const paymentId = newId();
  await claim(bill, paymentId);
  const order = { meterNumber: meter, amount: '1000.00' };
  const { status, body } = await billing.as(payer).post('/api/electricity/verify', order);
  expect(status).toBe(201);
  expect(body.openPurchase).toEqual({
    billId: bill.id,
    paymentId,
    amount: bill.amount,
    units: bill.units,
    links: { payment: `/api/payments/${paymentId}` },
  });
  expect(body.warnings[0].code).toBe('purchase_open');
  const others = await billing.as(newId()).post('/api/electricity/verify', order);
  expect(others.body.openPurchase).toBeUndefined();
  await completed(bill, paymentId);
  await untilState(bill, 'paid');
  const after = await billing.as(payer).post('/api/electricity/verify', order);
  expect([after.body.openPurchase, after.body.warnings]).toEqual([undefined, []]);
});
