import { LiveClient, until } from '#testing';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

/** A meter of the demo that nobody else has used here, and that the simulator has with the same keys. */
const METER = '04123456792';
let world: SystemUnderTest;

beforeAll(async () => {
  world = await startOneProcess({ environment: { SEED_DEMO: 'true', METER_READINGS_EVERY_MS: '100' } });
}, 60_000);
afterAll(() => world.stop());

const pass = (hours: number) => world.phones.post(`/meters/${METER}/clock`, { advanceHours: hours });

test('bought, keyed in, used up: the balance falls, the days that are left are told, and one SMS says when it is low', async () => {
  const person = await Person.register(world);
  const { body: saved } = await person.api.post('/api/meters', { number: METER, name: 'Home' });
  const path = `/api/meters/${saved.id}`;
  const wishes = { lowBalanceKwh: '20', quietFrom: '03:00', quietTo: '03:01' };
  expect((await person.api.put(`${path}/alerts`, wishes)).status).toBe(200);
  const live = await LiveClient.signedIn(world.api.url, person.session.accessToken);

  await person.addFunds('20000.00');
  const order = { meterNumber: METER, amount: '15000.00' };
  const { body: bill } = await person.api.post('/api/electricity/verify', order);
  const payment = await person.finished(await person.post(`/api/vend/${bill.id}/pay`, { method: 'wallet' }));
  const [credit] = payment.tokens;
  const { body: keyed } = await world.phones.post(`/meters/${METER}/keys`, { token: credit.token });
  expect(keyed).toMatchObject({ answer: 'accepted', kwh: credit.kwh });

  // Six days go by in the meter: its clock is put forward, and it takes what its household takes.
  await pass(6 * 24);
  const balance = await until('the meter’s readings have arrived', async () => {
    const { body } = await person.api.get(`${path}/balance`);
    return body.forecast?.basis === 'readings' && body;
  });
  expect(balance).toMatchObject({ source: 'reading' });
  const { body: meter } = await world.phones.get(`/meters/${METER}`);
  expect(Number(balance.kwh)).toBeGreaterThanOrEqual(Number(meter.creditKwh));
  expect(Number(balance.kwh)).toBeLessThan(Number(credit.kwh));
  const { dailyKwh, daysLeft } = balance.forecast;
  expect(daysLeft).toBe(Math.floor(Number(balance.kwh) / Number(dailyKwh)));

  const { body: report } = await person.api.get(`${path}/consumption?granularity=month`);
  expect(report).toMatchObject({ readings: 'meter', total: { purchases: { count: 1, kwh: credit.kwh } } });
  expect(Number(report.total.kwh)).toBeGreaterThan(0);

  // On it goes until it is low, and then to the end; the SMS comes once.
  let advanced = 0;
  await until('it is low', async () => {
    if (advanced++ < 60) await pass(24);
    const { body } = await person.api.get(`${path}/balance`);
    return Number(body.kwh) < 1;
  });
  const sms = await person.sms('Low balance');
  expect(sms).toMatch(new RegExp(`^Low balance: [\\d.]+ kWh left on meter ${METER}\\. .* Ref M-`));
  const { data } = await live.untilMessage('notification', ({ kind }) => kind === 'meter_alert_raised');
  expect(data).toMatchObject({ kind: 'meter_alert_raised', alert: 'low_balance', meterNumber: METER });
  live.close();
  const { alerts } = (await person.api.get(`${path}/alerts`)).body;
  expect(alerts).toMatchObject([{ alert: 'low_balance', state: 'raised' }]);
  const { items } = (await person.api.get('/api/notifications')).body;
  expect(items.filter((it: { template: string }) => it.template === 'meter_alert')).toHaveLength(1);
  await expectInvariants(world);
  expect((await person.messages()).filter((it) => it.startsWith('Low balance'))).toHaveLength(1);
}, 120_000);
