import { FakeClock, newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import type { BillingSettings } from '../billing-settings.js';
import { billingService } from '../index.js';
import { Household, LineOfMeters } from '../testing/household.js';
import { AskMeters } from './ask-meters.js';

const METER = '04987654326';
const OTHER = '04123456784';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let billing: TestService<BillingSettings>;
let line: LineOfMeters;

beforeAll(async () => {
  line = await LineOfMeters.open();
  const environment = { SEED_DEMO: 'true', METER_READINGS_URL: line.url, METER_READINGS_EVERY_MS: '60000' };
  billing = await startTestService(billingService, { clock, environment });
});
afterAll(async () => {
  await billing.stop();
  line.close();
});
beforeEach(() => {
  line.trouble = undefined;
  line.readings.clear();
  clock.advance(DAY);
});

const at = (hoursFromNow: number) => new Date(clock.now().getTime() + hoursFromNow * HOUR).toISOString();
const code = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
const askAll = async () => {
  clock.advance(61_000);
  await billing.running.app.get(AskMeters).runOnce();
};
const rowsOf = (series: string) =>
  billing.database.rows('SELECT * FROM billing.meter_readings WHERE series_id = $1 ORDER BY at', [series]);

describe('a person who types what the display shows', () => {
  test('sees it as the balance, as of then; the same again changes nothing', async () => {
    const home = await Household.at(billing, METER);
    const reading = { at: at(-1), creditKwh: '12.5' };
    expect((await home.read(reading)).body).toEqual({ stored: 1, known: 0 });
    expect((await home.read(reading)).body).toEqual({ stored: 0, known: 1 });
    expect(await home.balance()).toEqual({
      meterId: home.meterId,
      kwh: '12.5',
      asOf: reading.at,
      source: 'reading',
      forecast: null,
    });
    // Without a time it is of now.
    expect((await home.read({ creditKwh: 11 })).body).toEqual({ stored: 1, known: 0 });
    expect(await home.balance()).toMatchObject({ kwh: '11', asOf: at(0) });
  });

  test('is told nothing that nobody knows', async () => {
    const home = await Household.at(billing, METER);
    expect(await home.balance()).toMatchObject({ kwh: null, asOf: null, source: null, forecast: null });
    const { items, readings } = await home.consumption('granularity=day');
    expect([items.length, readings]).toEqual([30, 'none']);
    expect(items.every((it) => it.kwh === null)).toBe(true);
  });

  test('a batch is taken as a whole, in any order; the register never falls', async () => {
    const home = await Household.at(billing, METER);
    const batch = [3, 1, 2].map((i) => ({ at: at(i * -10), totalKwh: String(400 - i * 10) }));
    expect((await home.read({ readings: batch })).body).toEqual({ stored: 3, known: 0 });
    const wrong = [
      { at: at(-1), totalKwh: '500' },
      { at: at(-15), totalKwh: '395' },
    ];
    expect(code(await home.read({ readings: wrong }))).toEqual([422, 'reading_backwards']);
    expect(await rowsOf(home.meterId)).toHaveLength(3);
    const between = { at: at(-15), totalKwh: '384.9' };
    expect((await home.read(between)).status).toBe(200);
    expect(code(await home.read({ ...between, totalKwh: '385' }))).toEqual([409, 'conflict']);
    expect(code(await home.read({ at: at(-25), totalKwh: '379' }))).toEqual([200, undefined]);
    expect(code(await home.read({ at: at(-5), totalKwh: '389' }))).toEqual([422, 'reading_backwards']);
  });

  test('twenty at once: the register only rises, whoever came first', async () => {
    const home = await Household.at(billing, METER);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => home.read({ at: at(i - 30), totalKwh: String((i * 7) % 20) })),
    );
    const rows = await rowsOf(home.meterId);
    const totals = rows.map((row) => Number(row['total_wh']));
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(rows.length);
    expect(answers.filter(({ status }) => ![200, 422].includes(status))).toEqual([]);
  });

  test.each<[string, object, number, string]>([
    ['nothing', {}, 400, 'validation_failed'],
    ['no number', { totalKwh: 'twelve' }, 400, 'validation_failed'],
    ['less than nothing', { creditKwh: -1 }, 400, 'validation_failed'],
    ['too fine', { totalKwh: '1.0001' }, 400, 'validation_failed'],
    ['null', { totalKwh: null }, 400, 'validation_failed'],
    ['no time', { at: 'noon', totalKwh: 1 }, 400, 'validation_failed'],
    ['a time without a zone', { at: '2026-11-21T12:00:00', totalKwh: 1 }, 400, 'validation_failed'],
    ['an empty list', { readings: [] }, 400, 'validation_failed'],
    [
      'a list and one beside it',
      { totalKwh: 1, readings: [{ at: '2026-11-21T12:00Z', totalKwh: 1 }] },
      400,
      'validation_failed',
    ],
    [
      'a member that is none',
      { readings: [{ at: '2026-11-21T12:00Z', totalKwh: 1, owner: 'me' }] },
      400,
      'validation_failed',
    ],
    [
      'two values of one moment',
      { readings: [1, 2].map((totalKwh) => ({ at: '2026-11-21T12:00Z', totalKwh })) },
      409,
      'conflict',
    ],
    ['of a year to come', { at: '2030-01-01T00:00:00Z', totalKwh: 1 }, 422, 'reading_in_future'],
    ['of long ago', { at: '2011-01-01T00:00:00Z', totalKwh: 1 }, 400, 'validation_failed'],
  ])('%s is refused, and nothing is stored', async (_, body, status, expected) => {
    const home = await Household.at(billing, METER);
    expect(code(await home.read(body))).toEqual([status, expected]);
    expect(await rowsOf(home.meterId)).toEqual([]);
  });
});

describe('what is used', () => {
  test('day by day and month by month, in the utility’s time zone, beside what was bought', async () => {
    const home = await Household.at(billing, METER);
    // Lagos is an hour ahead: its 20 November begins at 23:00 of the 19th.
    const readings = [
      { at: '2026-10-31T23:00:00Z', totalKwh: '100' },
      { at: '2026-11-19T23:00:00Z', totalKwh: '195' },
      { at: '2026-11-20T11:00:00Z', totalKwh: '198' },
      { at: '2026-11-21T11:00:00Z', totalKwh: '206' },
    ];
    expect((await home.read({ readings })).body).toEqual({ stored: 4, known: 0 });
    const kwh = await home.buy('1000.00');
    const days = await home.consumption('granularity=day&from=2026-11-19&to=2026-11-22');
    // 20 November: 3 to noon, and 12 of the next 24 hours with 8: 4.
    expect(days.items.map((it) => [it.period, it.kwh, it.complete])).toEqual([
      ['2026-11-19', '5', true],
      ['2026-11-20', '7', true],
      ['2026-11-21', '4', false],
      ['2026-11-22', null, false],
    ]);
    expect(days.total).toMatchObject({ kwh: '16', complete: false });
    const months = await home.consumption('granularity=month&from=2026-10');
    expect(months).toMatchObject({ timeZone: 'Africa/Lagos', readings: 'own', granularity: 'month' });
    const used = months.items.map((it) => [it.period, it.kwh]);
    expect(used.slice(0, 2)).toEqual([
      ['2026-10', null],
      ['2026-11', '106'],
    ]);
    const purchases = { count: 1, kwh, amount: { amount: '1000.00', currency: 'NGN' } };
    expect([months.items.at(-1)!.purchases, months.total]).toMatchObject([
      purchases,
      { kwh: '106', purchases },
    ]);
  });

  test.each([
    'from=2026-02-30',
    'from=2026-11-02&to=2026-11-01',
    'from=2020-01-01',
    'granularity=week',
    'from=x',
    'from=2026-11',
  ])('cannot be asked for by %s', async (query) => {
    const home = await Household.at(billing, METER);
    expect((await home.consumption(query)).code).toBe('validation_failed');
  });

  test('is forecast from purchases where nobody reads the meter, and says so', async () => {
    const home = await Household.at(billing, METER);
    for (let i = 0; i < 2; i++) {
      await home.buy('1000.00');
      clock.advance(10 * DAY);
    }
    expect(await home.balance()).toMatchObject({ kwh: null, forecast: null });
    const kwh = Number(await home.buy('1000.00'));
    clock.advance(5 * DAY);
    const { source, forecast, kwh: left } = await home.balance();
    expect([source, forecast.basis, forecast.daysLeft]).toEqual(['estimated', 'purchases', 5]);
    expect(Number(left)).toBeCloseTo(kwh / 2, 1);
  });
});

describe('a meter that reports', () => {
  const reports = (hours: number, total = 0, credit = 100) =>
    Array.from({ length: hours }, (_, i) => ({
      at: new Date(Math.floor(clock.now().getTime() / HOUR) * HOUR + (i - hours + 1) * HOUR).toISOString(),
      totalKwh: String(total + i * 0.5),
      creditKwh: String(credit - i * 0.5),
    }));

  test('is asked page by page; its readings are the balance and the forecast of whoever bought for it', async () => {
    const home = await Household.at(billing, METER);
    await home.buy('1000.00');
    clock.advance(6 * DAY);
    line.readings.set(METER, reports(6 * 24));
    await askAll();
    expect(await home.balance()).toMatchObject({
      kwh: '28.5',
      source: 'reading',
      forecast: { basis: 'readings', dailyKwh: '12', daysLeft: 2 },
    });
    expect(await home.consumption('granularity=day')).toMatchObject({ readings: 'meter' });
    expect(await rowsOf(METER)).toHaveLength(6 * 24);
    // What was known is not asked for again, and nothing is stored twice.
    await askAll();
    expect(await rowsOf(METER)).toHaveLength(6 * 24);
  });

  test('does not tell a stranger who has it on their list when people are at home', async () => {
    const stranger = await Household.at(billing, METER);
    expect(await stranger.balance()).toMatchObject({ kwh: null });
    expect(await stranger.consumption('granularity=day')).toMatchObject({
      readings: 'none',
      total: { kwh: null },
    });
    await stranger.read({ creditKwh: '3' });
    expect(await stranger.balance()).toMatchObject({ kwh: '3' });
    await stranger.buy('500.00');
    // From their first purchase on, and nothing of before.
    expect(await stranger.consumption('granularity=month')).toMatchObject({ readings: 'own' });
  });

  test('stands beside what an operator sends; a person’s typing changes nothing for others', async () => {
    const home = await Household.at(billing, OTHER);
    await home.buy('1000.00');
    clock.advance(DAY);
    const operator = billing.as(newId(), 'operator');
    const { body: saved } = await operator.post('/api/meters', { number: OTHER });
    const sent = await operator.post(`/api/meters/${saved.id}/readings`, { totalKwh: '50', creditKwh: '20' });
    expect(sent.body).toEqual({ stored: 1, known: 0 });
    const neighbour = await Household.at(billing, OTHER);
    await neighbour.read({ creditKwh: '1' });
    expect(await home.balance()).toMatchObject({ kwh: '20', source: 'reading' });
  });

  test.each([
    ['fails', { status: 503, body: 'no' }],
    ['answers nonsense', { status: 200, body: '<html>' }],
    ['answers a list of nonsense', { status: 200, body: '{"items":[{"at":"soon"}]}' }],
  ])('on a line that %s is asked again later, and nothing is lost', async (_, trouble) => {
    const home = await Household.at(billing, OTHER);
    const before = (await rowsOf(OTHER)).length;
    line.readings.set(OTHER, reports(3, 1000));
    line.trouble = trouble;
    await askAll();
    expect(await rowsOf(OTHER)).toHaveLength(before);
    line.trouble = undefined;
    clock.advance(HOUR);
    await askAll();
    expect((await rowsOf(OTHER)).length).toBeGreaterThan(before);
    expect(home.id).toBeDefined();
    await billing.database.rows('DELETE FROM billing.meter_readings WHERE series_id = $1', [OTHER]);
    await billing.database.rows('UPDATE billing.meter_series SET read_to = NULL WHERE id = $1', [OTHER]);
  });

  test('that is simulated and was made anew begins anew', async () => {
    const home = await Household.at(billing, OTHER);
    await home.buy('500.00');
    clock.advance(4 * HOUR);
    line.readings.set(OTHER, reports(3, 700));
    await askAll();
    clock.advance(4 * HOUR);
    line.readings.set(OTHER, reports(2, 0, 9));
    await askAll();
    await askAll();
    expect((await rowsOf(OTHER)).map((row) => String(row['total_wh']))).toEqual(['0', '500']);
    expect(await home.balance()).toMatchObject({ kwh: '8.5' });
  });

  test('that nobody has on their list is left alone', async () => {
    expect(line.asked).not.toContain('04123456792');
  });
});

test('a meter that is taken off the list takes what was typed with it', async () => {
  const home = await Household.at(billing, METER);
  await home.read({ creditKwh: '3' });
  expect((await home.api.delete(`/api/meters/${home.meterId}`)).status).toBe(204);
  expect(await rowsOf(home.meterId)).toEqual([]);
});
