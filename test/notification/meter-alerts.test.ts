import { MeterAlertRaised } from '#contracts';
import { newId } from '#kernel';
import { until } from '#testing';
import { type Person, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const alertOf = (ownerId: string, channels: { sms: boolean; app: boolean }) => ({
  meterId: newId(),
  ownerId,
  meterNumber: '04123456784',
  alert: 'low_balance' as const,
  value: '4.2',
  limit: '5',
  unit: 'kWh',
  ...channels,
});

const listed = async ({ userId }: Person) => {
  const { body } = await world.notification.as(userId).get('/api/notifications');
  return (body.items as { template: string; text: string; state: string }[]).filter(
    ({ template }) => template === 'meter_alert',
  );
};

test('an alert is one SMS, although its event came twice, and stands in the list', async () => {
  const person = await world.newPerson();
  const alert = alertOf(person.userId, { sms: true, app: true });
  await world.notification.publish(MeterAlertRaised, alert.meterId, alert);
  await until('it is in the list', async () => (await listed(person)).length === 1);
  await world.settle();
  expect(world.smsTo(person.phone).slice(1)).toEqual([
    expect.stringMatching(/^Low balance: 4\.2 kWh left on meter 04123456784\. .* Ref M-[0-9A-Z]{12}\.$/),
  ]);
});

test('whoever wants no SMS has it in the list alone', async () => {
  const person = await world.newPerson();
  const alert = alertOf(person.userId, { sms: false, app: true });
  await world.notification.publish(MeterAlertRaised, alert.meterId, alert);
  await until('it is in the list', async () => (await listed(person)).length === 1);
  await world.settle();
  expect(await listed(person)).toMatchObject([
    { state: 'shown', text: expect.stringContaining('Low balance') },
  ]);
  expect(world.smsTo(person.phone)).toHaveLength(1);
});

test('two alerts of one kind are two SMS, that differ by their number', async () => {
  const person = await world.newPerson();
  const alert = alertOf(person.userId, { sms: true, app: false });
  for (let i = 0; i < 2; i++) await world.notification.publish(MeterAlertRaised, alert.meterId, alert);
  await until('both are in the list', async () => (await listed(person)).length === 2);
  await world.settle();
  expect(new Set(world.smsTo(person.phone).slice(1)).size).toBe(2);
});
