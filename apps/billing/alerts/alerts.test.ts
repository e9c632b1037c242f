import { MeterAlertRaised } from '#contracts';
import { FakeClock } from '#kernel';
import { startTestService, type TestService } from '#testing';
import type { BillingSettings } from '../billing-settings.js';
import { billingService } from '../index.js';
import { Household } from '../testing/household.js';
import { CheckAlerts } from './check-alerts.js';

const METER = '04987654326';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** One in the afternoon in Lagos. */
const NOON = Date.UTC(2026, 10, 10, 12);
let clock: FakeClock;
let billing: TestService<BillingSettings>;

beforeAll(async () => {
  clock = new FakeClock(NOON);
  billing = await startTestService(billingService, { clock, environment: { SEED_DEMO: 'true' } });
});
afterAll(() => billing.stop());

/** Every alert that was told, as `low_balance 4.5`; looked at more often than needed, and by two at once. */
async function toldTo(home: Household): Promise<string[]> {
  const alerts = billing.running.app.get(CheckAlerts);
  await Promise.all([alerts.soon(), alerts.runOnce()]);
  await alerts.soon();
  const rows = await billing.database.rows<{ envelope: string }>(
    `SELECT envelope FROM billing.outbox WHERE name = 'meter_alert_raised' AND strpos(envelope::text, $1) > 0 ORDER BY id`,
    [home.meterId],
  );
  return rows.map(({ envelope }) => {
    const { alert, value, period } = (typeof envelope === 'string' ? JSON.parse(envelope) : envelope).data;
    return [alert, value, period].filter(Boolean).join(' ');
  });
}

const set = (home: Household, body: object) => home.api.put(`/api/meters/${home.meterId}/alerts`, body);
async function left(home: Household, kwh: string): Promise<void> {
  clock.advance(10 * 60_000);
  expect((await home.read({ creditKwh: kwh })).status).toBe(200);
}

describe('what one is told of', () => {
  test('is nothing at first; it is set as a whole and shown', async () => {
    const home = await Household.at(billing, METER);
    const path = `/api/meters/${home.meterId}/alerts`;
    const nothing = {
      meterId: home.meterId,
      lowBalanceKwh: null,
      daysLeft: null,
      dailyKwh: null,
      monthlyBudget: null,
      quietFrom: null,
      quietTo: null,
      timeZone: 'Africa/Lagos',
      sms: true,
      app: true,
      alerts: [],
    };
    expect((await home.api.get(path)).body).toEqual(nothing);
    const wishes = {
      lowBalanceKwh: '5',
      daysLeft: 2,
      monthlyBudget: 3000,
      quietFrom: '22:00',
      quietTo: '06:30',
      app: false,
    };
    const { status, body } = await set(home, wishes);
    expect([status, body]).toMatchObject([
      200,
      {
        lowBalanceKwh: '5',
        daysLeft: 2,
        dailyKwh: null,
        monthlyBudget: { amount: '3000.00' },
        quietTo: '06:30',
        app: false,
      },
    ]);
    expect(body.alerts.map((it) => [it.alert, it.state])).toEqual([
      ['low_balance', 'armed'],
      ['days_left', 'armed'],
      ['monthly_budget', 'armed'],
    ]);
    expect((await home.api.get(path)).body).toEqual(body);
    expect((await set(home, {})).body).toEqual(nothing);
  });

  test.each<[object]>([
    [{ lowBalanceKwh: 0 }],
    [{ lowBalanceKwh: 'low' }],
    [{ daysLeft: 0 }],
    [{ daysLeft: 1.5 }],
    [{ dailyKwh: -3 }],
    [{ monthlyBudget: '10.001' }],
    [{ monthlyBudget: 0 }],
    [{ quietFrom: '22:00' }],
    [{ quietFrom: '22:00', quietTo: '22:00' }],
    [{ quietFrom: '24:00', quietTo: '06:00' }],
    [{ timeZone: 'The Moon' }],
    [{ sms: 'yes' }],
  ])('cannot be %j', async (wrong) => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '7' });
    const { status, body } = await set(home, wrong);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect((await home.api.get(`/api/meters/${home.meterId}/alerts`)).body.lowBalanceKwh).toBe('7');
  });
});

describe('a low balance', () => {
  test('is told once while it falls, and again after it has recovered', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '5' });
    for (const kwh of ['9', '5', '4.2', '5.4']) {
      await left(home, kwh);
      await toldTo(home);
    }
    expect(await toldTo(home)).toEqual(['low_balance 5']);
    await left(home, '30');
    expect(await toldTo(home)).toEqual(['low_balance 5']);
    clock.advance(HOUR);
    await left(home, '3');
    expect(await toldTo(home)).toEqual(['low_balance 5', 'low_balance 3']);
    const event = await billing.untilPublished(MeterAlertRaised, home.meterId);
    expect(event.data).toEqual({
      meterId: home.meterId,
      ownerId: home.id,
      meterNumber: METER,
      alert: 'low_balance',
      value: '5',
      limit: '5',
      unit: 'kWh',
      sms: true,
      app: true,
    });
  });

  test('that was bought away is seen by itself, right after the purchase', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '5' });
    await left(home, '4');
    expect(await toldTo(home)).toEqual(['low_balance 4']);
    clock.advance(60_000);
    await home.buy('5000.00');
    await toldTo(home);
    const { alerts } = (await home.api.get(`/api/meters/${home.meterId}/alerts`)).body;
    expect(alerts).toMatchObject([{ alert: 'low_balance', state: 'armed' }]);
  });

  test('nobody is pestered by moving the limit up and down', async () => {
    const home = await Household.at(billing, METER);
    for (const lowBalanceKwh of ['5', '6', '7', '8']) {
      await set(home, { lowBalanceKwh });
      await left(home, '4');
      await toldTo(home);
    }
    expect(await toldTo(home)).toEqual(['low_balance 4']);
    clock.advance(HOUR);
    expect(await toldTo(home)).toEqual(['low_balance 4', 'low_balance 4']);
  });

  test('of a meter that its owner does not use any more is not told', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '5' });
    await home.api.patch(`/api/meters/${home.meterId}`, { status: 'inactive' });
    await left(home, '1');
    expect(await toldTo(home)).toEqual([]);
  });

  test('is not told on any channel when both are off', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '5', sms: false, app: false });
    await left(home, '1');
    expect(await toldTo(home)).toEqual([]);
  });
});

describe('quiet hours', () => {
  const untilTime = (hour: number) => {
    const now = clock.now().getTime();
    const today = Math.floor(now / DAY) * DAY + hour * HOUR;
    clock.advance((today > now ? today : today + DAY) - now);
  };

  test('hold it back, and it is told afterwards if it is still true', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '5', quietFrom: '22:00', quietTo: '07:00' });
    untilTime(21.5); // half past ten in the evening in Lagos
    await left(home, '4');
    expect(await toldTo(home)).toEqual([]);
    const { alerts } = (await home.api.get(`/api/meters/${home.meterId}/alerts`)).body;
    expect(alerts).toMatchObject([{ state: 'held', raisedAt: null }]);
    untilTime(5.9);
    expect(await toldTo(home)).toEqual([]);
    untilTime(6);
    expect(await toldTo(home)).toEqual(['low_balance 4']);
  });

  test('and not when it was bought away meanwhile', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { lowBalanceKwh: '5', quietFrom: '22:00', quietTo: '07:00' });
    untilTime(22);
    await left(home, '4');
    expect(await toldTo(home)).toEqual([]);
    await left(home, '40');
    untilTime(7);
    expect(await toldTo(home)).toEqual([]);
  });
});

describe('the other alerts', () => {
  test('a day with more than its limit is told once, and the next such day again', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { dailyKwh: '10' });
    const midnight = Math.floor(clock.now().getTime() / DAY) * DAY + 23 * HOUR; // in Lagos
    clock.advance(midnight - clock.now().getTime());
    const at = () => clock.now().toISOString();
    const day = at().slice(0, 10);
    const next = new Date(clock.now().getTime() + HOUR).toISOString().slice(0, 10);
    expect(day < next).toBe(true);
    await home.read({ at: at(), totalKwh: '100' });
    for (const totalKwh of ['109', '111', '115']) {
      clock.advance(4 * HOUR);
      await home.read({ at: at(), totalKwh });
      await toldTo(home);
    }
    expect(await toldTo(home)).toEqual([`daily_use 11 ${next}`]);
    clock.advance(12 * HOUR);
    await home.read({ at: at(), totalKwh: '118' });
    clock.advance(10 * HOUR);
    await home.read({ at: at(), totalKwh: '133' });
    expect(await toldTo(home)).toHaveLength(2);
  });

  test('a month that has cost more than its budget is told at the purchase that exceeds it, once', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { monthlyBudget: '1500' });
    await home.buy('1000.00');
    expect(await toldTo(home)).toEqual([]);
    await home.buy('1000.00');
    const month = clock.now().toISOString().slice(0, 7);
    expect(await toldTo(home)).toEqual([`monthly_budget 2000.00 ${month}`]);
    await home.buy('1000.00');
    expect(await toldTo(home)).toHaveLength(1);
    clock.advance(32 * DAY);
    await home.buy('1600.00');
    expect(await toldTo(home)).toHaveLength(2);
  });

  test('the days that are left are told as time passes, without any news', async () => {
    const home = await Household.at(billing, METER);
    await set(home, { daysLeft: 2 });
    for (let day = 0; day < 6; day++) {
      clock.advance(DAY);
      await home.read({
        at: clock.now().toISOString(),
        totalKwh: String(100 + day * 5),
        creditKwh: String(60 - day * 5),
      });
    }
    expect(await toldTo(home)).toEqual([]); // 35 kWh by 5 a day
    clock.advance(4 * DAY);
    expect(await toldTo(home)).toEqual([]);
    clock.advance(DAY);
    expect(await toldTo(home)).toEqual(['days_left 2']);
  });
});

test('an alert goes with its meter', async () => {
  const home = await Household.at(billing, METER);
  await set(home, { lowBalanceKwh: '5' });
  await home.api.delete(`/api/meters/${home.meterId}`);
  const rows = await billing.database.rows('SELECT 1 FROM billing.meter_alerts WHERE id = $1', [
    home.meterId,
  ]);
  expect(rows).toEqual([]);
});
