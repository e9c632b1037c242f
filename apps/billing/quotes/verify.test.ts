import { BillCreated } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { billingService } from '../index.js';
import { seedDemoMeters } from '../meters/seed-demo-meters.js';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let billing: TestService;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock, environment: { SEED_DEMO: 'true' } });
});
afterAll(() => billing.stop());

const verify = (userId: string, amount: string | number = '1000.00') =>
  billing.as(userId).post('/api/electricity/verify', { meterNumber: '04123456784', amount });

test('whoever asks sees whose meter it is, masked, and the price line by line, and has a bill for it', async () => {
  const userId = newId();
  const { status, body } = await verify(userId);
  expect(status).toBe(201);
  const { warnings, ...bill } = body;
  expect(warnings).toEqual([{ code: 'first_use', text: expect.any(String) }]);
  // 1,000.00 / 1.075 = 930.23; / 68 = 13.68 → 13.6 kWh = 924.80; VAT 69.36; left 5.84, less than 0.1 kWh costs.
  expect(bill).toEqual({
    id: expect.any(String),
    number: expect.stringMatching(/^B-/),
    status: 'unpaid',
    overdue: false,
    kind: 'electricity',
    amount: { amount: '1000.00', currency: 'NGN' },
    dueDate: '2026-11-21',
    customerId: userId,
    selfIssued: true,
    meterNumber: '04123456784',
    meter: { number: '04123456784', name: 'A••• B•••', area: 'Ikeja, Lagos', tariff: 'Residential' },
    tariffVersion: 'demo-residential@2020-01-01',
    units: { kwh: '13.6' },
    breakdown: [
      { kind: 'vat', label: 'VAT 7.5 %', amount: { amount: '69.36', currency: 'NGN' } },
      {
        kind: 'energy',
        label: 'Energy, 13.6 kWh at 68.00',
        amount: { amount: '924.80', currency: 'NGN' },
        kwh: '13.6',
        unitPrice: '68.00',
      },
      { kind: 'rounding', label: 'Rounding', amount: { amount: '5.84', currency: 'NGN' } },
    ],
    expiresAt: '2026-11-21T12:30:00.000Z',
    createdAt: '2026-11-21T12:00:00.000Z',
  });
  expect((await billing.as(userId).get(`/api/bills/${bill.id}`)).body).toEqual(bill);
  const event = await billing.untilPublished(BillCreated, bill.id);
  expect(event.data).toMatchObject({ kind: 'electricity', customerId: userId, meterNumber: '04123456784' });
});

test('the holder’s name is in no answer, no bill and no event', async () => {
  const { body } = await verify(newId());
  const [row] = await billing.database.rows('SELECT * FROM billing.bills WHERE id = $1', [body.id]);
  const event = await billing.untilPublished(BillCreated, body.id);
  expect(JSON.stringify([body, row, event])).not.toMatch(/Amina|Bello/);
});

test('anybody may ask for any meter, as often as they like; each answer is a bill of its own', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => verify(newId(), 250)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(20);
  const [first, ...others] = answers.map(({ body }) => body.breakdown);
  expect(others).toEqual(others.map(() => first));
});

test('the demo is seeded once, however often it starts', async () => {
  await seedDemoMeters(billing.running.parts.requests, clock);
  await seedDemoMeters(billing.running.parts.requests, clock);
  const meters = await billing.database.rows('SELECT number FROM billing.meters');
  expect(meters.length).toBe(5);
  expect(meters.every(({ number }) => /^\d{11}$|^700000001$/.test(String(number)))).toBe(true);
});

describe('a quote without a bill', () => {
  const quote = (body: object) =>
    billing.as(newId()).post('/api/quotes', { meterNumber: '04123456784', ...body });

  test('has the same lines as the bill, and nothing is stored', async () => {
    const { body: bill } = await verify(newId());
    const [before] = await billing.database.rows('SELECT count(*) FROM billing.bills');
    const { status, body } = await quote({ amount: '1000.00' });
    expect(status).toBe(200);
    const { meter, amount, tariffVersion, units, breakdown } = bill;
    expect(body).toEqual({ meter, amount, tariffVersion, units, breakdown });
    expect(await billing.database.rows('SELECT count(*) FROM billing.bills')).toEqual([before]);
  });

  test('for kilowatt-hours costs what buys them', async () => {
    const { body } = await quote({ kwh: 13.6 });
    expect([body.amount.amount, body.units.kwh]).toEqual(['994.16', '13.6']); // 924.80 + 69.36
    expect((await quote({ amount: '994.16' })).body).toEqual(body);
    expect((await quote({ amount: '994.15' })).body.units.kwh).toBe('13.5');
  });

  test.each([
    [{}, 'amount'],
    [{ amount: 5, kwh: 5 }, 'amount'],
    [{ kwh: 0 }, 'kwh'],
    [{ kwh: -1 }, 'kwh'],
    [{ kwh: '1.05' }, 'kwh'],
    [{ kwh: 1e12 }, 'kwh'],
    [{ kwh: 'some' }, 'kwh'],
    [{ kwh: null }, 'kwh'],
  ])('%j is no order', async (order, member) => {
    const { status, body } = await quote(order);
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer: `#/${member}` })]]);
  });
});

describe('a bad question changes nothing', () => {
  const valid = { meterNumber: '04123456784', amount: '1000' };
  const ask = (body: object) => billing.as(newId()).post('/api/electricity/verify', body);
  const everything = () =>
    billing.database.rows(
      `SELECT (SELECT count(*) FROM billing.bills) AS bills, (SELECT count(*) FROM billing.outbox) AS events,
         (SELECT count(*) FROM billing.meter_months) AS months`,
    );

  test.each<[string, unknown]>([
    ...[
      0,
      -5,
      '1.001',
      0.1 + 0.2,
      '10000000.01',
      1e21,
      'ten',
      '1e3',
      '',
      true,
      null,
      undefined,
      [100],
      {},
    ].map((value): [string, unknown] => ['amount', value]),
    ...['USD', 'ABC', 'ngn', 5, null].map((value): [string, unknown] => ['currency', value]),
    ...['O4123456784', 4123456784, undefined, null, '0412 345 6784', '', ['04123456784']].map(
      (value): [string, unknown] => ['meterNumber', value],
    ),
    ['customerId', newId()],
  ])('%s: %j', async (member, value) => {
    const before = await everything();
    const { status, body } = await ask({ ...valid, [member]: value });
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect(body.errors).toEqual([expect.objectContaining({ pointer: `#/${member}` })]);
    expect(await everything()).toEqual(before);
  });

  test.each([
    ['a meter that nobody has', { meterNumber: '00000000000' }, 404, 'meter_unknown'],
    ['a mistyped number', { meterNumber: '04123456785' }, 400, 'meter_number_invalid'],
    ['an amount below the minimum', { amount: '0.99' }, 422, 'amount_too_low'],
    ['an amount that buys less than a tenth of a kilowatt-hour', { amount: '7.30' }, 422, 'amount_too_low'],
  ])('%s is refused', async (_, wrong, status, code) => {
    const before = await everything();
    const answer = await ask({ ...valid, ...wrong });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await everything()).toEqual(before);
  });

  test('the least amount is named', async () => {
    const { body } = await ask({ ...valid, amount: '7.30' });
    expect(body.limit).toEqual({ amount: '7.31', currency: 'NGN' }); // 0.1 kWh = 6.80, VAT 0.51
    expect((await ask({ ...valid, amount: '7.31' })).body.units).toEqual({ kwh: '0.1' });
  });
});
