import { BillCreated } from '#contracts';
import { notificationService } from '#notification';
import { runService } from '#service-host';
import { until } from '#testing';
import { ASK_AFTER, billOf, type Person, startWorld, type World } from './world.js';

const LEASE = 60_000;

let world: World;

beforeEach(async () => {
  world = await startWorld({ environment: { SMS_TIMEOUT_MS: '5000' } });
});
afterEach(() => world.close());

const requestsAbout = ({ phone }: Person) =>
  world.simulators.twilio.log.requests
    .latest(1_000)
    .filter(({ entry }) => entry.to === phone)
    .slice(1)
    .map(({ entry }) => `${entry.method} ${entry.outcome}`);

async function billFor({ userId }: Person) {
  const bill = billOf(userId);
  await world.notification.publish(BillCreated, bill.billId, bill);
  return bill;
}

const done = () => until('it is settled', async () => (await world.open()).length === 0);

test('a process that stopped between the intent and the call: the next one asks, then sends', async () => {
  const person = await world.newPerson();
  await world.notification.running.parts.effects.stop();
  const bill = await billFor(person);
  expect(await world.open()).toEqual(['started']);

  const { parts } = await world.startAnother();
  await parts.effects.sweep();
  expect(requestsAbout(person)).toEqual([]);
  world.clock.advance(LEASE);
  await parts.effects.sweep();
  await until('Twilio does not have it', async () => (await world.open()).includes('scheduled'));
  await parts.effects.sweep();
  await done();
  expect(requestsAbout(person)).toEqual(['GET 200', 'POST 201']);
  expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(1);
});

test('a process that stopped between the call and its note: the next one finds it, and sends nothing', async () => {
  const person = await world.newPerson();
  const bill = await billFor(person);
  await done();
  await world.notification.running.parts.effects.stop();
  // As that process left it before it could write down the answer.
  await world.notification.database.rows(`
    UPDATE notification.effects SET state = 'started', attempts = 0 WHERE reference IN
      (SELECT id FROM notification.messages WHERE template = 'bill_created')`);
  await world.notification.database.rows(
    `UPDATE notification.messages SET state = 'queued', sid = NULL WHERE template = 'bill_created'`,
  );

  const { parts } = await world.startAnother();
  world.clock.advance(LEASE);
  await parts.effects.sweep();
  await done();
  expect(requestsAbout(person)).toEqual(['POST 201', 'GET 200']);
  expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(1);
});

test('a process that hangs in a second attempt: another one asks, and does not send as well', async () => {
  const person = await world.newPerson();
  const { faults } = world.simulators.twilio;
  faults.order({ fault: '429', to: person.phone });
  faults.order({ fault: 'hang', to: person.phone });
  const bill = await billFor(person);
  await until('it is to be tried again', async () => (await world.open()).includes('scheduled'));
  await world.pass(2_000);
  await until('the second attempt is under way', () => world.smsTo(person.phone).length === 2);

  const { parts } = await world.startAnother();
  world.clock.advance(LEASE);
  await parts.effects.sweep();
  await done();
  expect(requestsAbout(person)).toEqual(['POST 429', 'POST no answer', 'GET 200']);
  expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(1);
});

test('after a crash, too, an attempt that may still be on its way is given its time', async () => {
  const person = await world.newPerson();
  await world.notification.running.parts.effects.stop();
  const bill = await billFor(person);
  // The process began its call just before its lease ran out, and died.
  world.clock.advance(LEASE - 1_000);
  await world.notification.database.rows(
    `UPDATE notification.messages SET attempted_at = $1 WHERE template = 'bill_created'`,
    [world.clock.now()],
  );
  const { parts } = await world.startAnother();
  world.clock.advance(1_000);
  await parts.effects.sweep();
  await until('Twilio was asked', async () => (await world.open()).includes('unknown'));
  expect(requestsAbout(person)).toEqual(['GET 200']);
  world.clock.advance(ASK_AFTER);
  await parts.effects.sweep();
  await until('Twilio does not have it', async () => (await world.open()).includes('scheduled'));
  await parts.effects.sweep();
  await done();
  expect(requestsAbout(person)).toEqual(['GET 200', 'GET 200', 'POST 201']);
  expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(1);
});

test('production refuses the values of the demo before anything is opened', async () => {
  const start = runService(notificationService, {
    environment: {
      ...world.environment,
      WATTLINE_MODE: 'production',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
      INTERNAL_SECRET: 'a secret of the services in this test',
    },
  });
  await expect(start).rejects.toThrow(/TWILIO_ACCOUNT_SID: is a test value/);
});
