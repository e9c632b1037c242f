import { BillCreated } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { billingService } from '../index.js';
import { seedDemoMeters } from './seed-demo-meters.js';

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
  const { status, body: bill } = await verify(userId);
  expect(status).toBe(201);
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
    units: { kwh: '13.679' },
    breakdown: [
      { label: 'Energy, 13.679 kWh at 68.00', amount: { amount: '930.23', currency: 'NGN' } },
      { label: 'VAT 7.5 %', amount: { amount: '69.77', currency: 'NGN' } },
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
  await seedDemoMeters(billing.running.parts.requests);
  await seedDemoMeters(billing.running.parts.requests);
  const meters = await billing.database.rows('SELECT number FROM billing.meters');
  expect(meters.length).toBe(3);
  expect(meters.every(({ number }) => /^\d{11}$/.test(String(number)))).toBe(true);
});

describe('a bad question changes nothing', () => {
  const valid = { meterNumber: '04123456784', amount: '1000' };
  const ask = (body: object) => billing.as(newId()).post('/api/electricity/verify', body);
  const everything = () =>
    billing.database.rows(
      'SELECT (SELECT count(*) FROM billing.bills) AS bills, (SELECT count(*) FROM billing.outbox) AS events',
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
    ['amount', '0.01'], // buys less than a watt-hour
    ...['USD', 'ABC', 'ngn', 5, null].map((value): [string, unknown] => ['currency', value]),
    ...['O4123456789', 4123456789, undefined, null, '0412 345 6789', '', ['04123456784']].map(
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

  test('a meter that nobody has is unknown', async () => {
    const before = await everything();
    const { status, body } = await ask({ ...valid, meterNumber: '00000000000' });
    expect([status, body.code]).toEqual([404, 'meter_unknown']);
    expect(await everything()).toEqual(before);
  });
});
