import twilio from 'twilio';
import { pollDeliveries } from '#notification';
import { BillCreated, PasswordResetRequested, ProfileChanged, SmsResumed } from '#contracts';
import { newId } from '#kernel';
import { seal } from '#service-host';
import type { TwilioFault } from '#simulators';
import { until } from '#testing';
import {
  billOf,
  CONTACT_SECRET,
  newPhone,
  type Person,
  register,
  sealContact,
  startWorld,
  type World,
} from './world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SECOND_TOKEN = 'the token of tomorrow';

let world: World;
beforeAll(async () => {
  world = await startWorld({ reports: true, environment: { TWILIO_AUTH_TOKEN_SECONDARY: SECOND_TOKEN } });
});
afterAll(() => world.close());

interface Row {
  id: string;
  state: string;
  sid: string;
  error_code: string | null;
  body: string;
  polls: number;
  poll_at: Date | null;
}

const rowOf = async (eventId: string): Promise<Row> =>
  (
    await world.notification.database.rows<Row>('SELECT * FROM notification.messages WHERE event_id = $1', [
      eventId,
    ])
  )[0]!;

async function tell(person: Person, fault?: TwilioFault, code?: number) {
  if (fault) world.simulators.twilio.faults.order({ fault, to: person.phone, ...(code && { code }) });
  const bill = billOf(person.userId);
  const event = await world.notification.publish(BillCreated, bill.billId, bill);
  return event.id;
}

const inState = (eventId: string, state: string) =>
  until(`it is ${state}`, async () => {
    const row = await rowOf(eventId);
    return row?.state === state && row;
  });

/** Asks that Twilio's log shows about one message, beyond its sending. */
const readsOf = (sid: string) =>
  world.simulators.twilio.log.requests
    .latest(10_000)
    .filter(({ entry }) => entry.sid === sid && entry.method === 'GET').length;

const optedOut = async ({ userId }: Person) =>
  (await world.notification.asService('gateway').get(`/internal/contacts/${userId}`)).body
    .optedOut as boolean;

describe('whoever has sent STOP', () => {
  test('is sent nothing more, not even a code, until they say that they sent START', async () => {
    const person = await world.newPerson();
    expect(await optedOut(person)).toBe(false);
    const refused = await inState(await tell(person, 'refused', 21610), 'failed');
    expect(refused.error_code).toBe('21610');
    expect(await optedOut(person)).toBe(true);
    const sent = world.smsTo(person.phone).length;
    const requests = world.simulators.twilio.log.requests.latest(10_000).length;
    expect(await inState(await tell(person), 'failed')).toMatchObject({ error_code: 'opted_out', sid: null });
    const code = await askForCode(person, '042137');
    expect(await inState(code, 'failed')).toMatchObject({ error_code: 'opted_out', body: '' });
    expect(world.simulators.twilio.log.requests.latest(10_000)).toHaveLength(requests);
    const { body } = await world.notification.as(person.userId).get('/api/notifications');
    expect(body.items[1].text).toMatch(/^New bill/);

    world.clock.advance(1);
    await world.notification.publish(SmsResumed, person.userId, { userId: person.userId });
    await until('SMS are wanted', async () => !(await optedOut(person)));
    await inState(await tell(person), 'delivered');
    expect(world.smsTo(person.phone)).toHaveLength(sent + 1);
  });

  test('stays so when the profile changes, and when a START was said before the STOP', async () => {
    const person = await world.newPerson();
    const early = { userId: person.userId };
    world.clock.advance(MINUTE);
    await inState(await tell(person, 'refused', 21610), 'failed');
    await world.notification.publish(ProfileChanged, person.userId, {
      ...early,
      language: 'en',
      notifications: { bills: true, payments: true, wallet: true },
      sealedContact: sealContact(person.phone),
    });
    world.clock.advance(-MINUTE / 2);
    await world.notification.publish(SmsResumed, person.userId, early);
    world.clock.advance(MINUTE / 2);
    await inState(await tell(person), 'failed');
    expect(await optedOut(person)).toBe(true);
  });

  test('is asked for by services only', async () => {
    const { userId } = await world.newPerson();
    expect((await world.notification.as(userId).get(`/internal/contacts/${userId}`)).status).toBe(403);
    expect((await world.notification.asService('gateway').get(`/internal/contacts/${newId()}`)).status).toBe(
      404,
    );
  });
});

describe('an SMS of which no report comes', () => {
  const poll = () => pollDeliveries(world.notification.running);

  test('is asked for after ten minutes, and ends with the answer', async () => {
    const person = await world.newPerson();
    const event = await tell(person, 'no-callbacks');
    const { sid } = await inState(event, 'sending');
    world.clock.advance(10 * MINUTE - 1);
    await poll();
    expect(readsOf(sid)).toBe(0);
    world.clock.advance(1);
    await Promise.all([poll(), poll(), poll()]);
    expect(await rowOf(event)).toMatchObject({ state: 'delivered', polls: 1, poll_at: null });
    expect(readsOf(sid)).toBe(1);
  });

  test('is asked for three times in six hours, and then no more', async () => {
    const person = await world.newPerson();
    world.simulators.twilio.faults.order({ fault: 'stays-sent', to: person.phone });
    const event = await tell(person);
    const { sid } = await inState(event, 'sent').catch(() => rowOf(event));
    const asked: number[] = [];
    for (const wait of [10 * MINUTE, 50 * MINUTE - 1, 1, 5 * HOUR - 1, 1, 24 * HOUR]) {
      world.clock.advance(wait);
      await poll();
      asked.push(readsOf(sid));
    }
    expect(asked).toEqual([1, 1, 2, 2, 3, 3]);
    expect(await rowOf(event)).toMatchObject({ state: 'sent', polls: 3, poll_at: null });
  });

  test('is asked for again when Twilio did not answer', async () => {
    const person = await world.newPerson();
    const event = await tell(person, 'no-callbacks');
    await inState(event, 'sending');
    world.simulators.twilio.faults.order({ fault: '5xx', on: 'read', to: person.phone });
    world.clock.advance(10 * MINUTE);
    await poll();
    expect(await rowOf(event)).toMatchObject({ state: 'sending', polls: 1 });
    world.clock.advance(50 * MINUTE);
    await poll();
    expect((await rowOf(event)).state).toBe('delivered');
  });
});

async function askForCode({ userId }: Person, code: string, minutes = 10): Promise<string> {
  const expiresAt = new Date(world.clock.now().getTime() + minutes * MINUTE).toISOString();
  const sealedCode = seal(code, CONTACT_SECRET, 'reset code');
  return (await world.notification.publish(PasswordResetRequested, userId, { userId, sealedCode, expiresAt }))
    .id;
}

describe('a code', () => {
  const atTwilio = (sid: string) => world.simulators.twilio.messages.find(sid)!;

  test('arrives, is forgotten here and at Twilio, and is never shown in the app', async () => {
    const person = await world.newPerson();
    const event = await askForCode(person, '042137');
    const early = await world.notification.as(person.userId).get('/api/notifications');
    expect(JSON.stringify(early.body)).not.toContain('042137');
    // Steps of the simulator follow the clock that both share.
    world.clock.advance(1_000);
    const { sid, body } = await inState(event, 'delivered');
    expect(body).toBe('');
    expect(world.smsTo(person.phone).at(-1)).toMatch(/^042137 is your Wattline code .* Ref M-.{12}\.$/);
    await world.settle();
    expect(atTwilio(sid).redacted).toBe(true);
    const { body: list } = await world.notification.as(person.userId).get('/api/notifications');
    expect(list.items[0]).toMatchObject({ template: 'password_reset_code', text: '', state: 'delivered' });
  });

  test('is erased at Twilio although it answered with an error first', async () => {
    const person = await world.newPerson();
    world.simulators.twilio.faults.order({ fault: '5xx', on: 'read', to: person.phone });
    const event = await askForCode(person, '654321');
    world.clock.advance(1_000);
    const { sid } = await inState(event, 'delivered');
    await until('it is erased', async () => {
      await world.pass(11 * MINUTE);
      return atTwilio(sid).redacted;
    });
  });

  test('that stays with the network for six hours is erased all the same', async () => {
    const person = await world.newPerson();
    world.simulators.twilio.faults.order({ fault: 'stays-sent', to: person.phone });
    const event = await askForCode(person, '111111');
    const { sid } = await until('Twilio has it', async () => {
      const row = await rowOf(event);
      return row?.sid ? row : undefined;
    });
    for (const wait of [10 * MINUTE, 50 * MINUTE, 5 * HOUR]) {
      world.clock.advance(wait);
      await pollDeliveries(world.notification.running);
    }
    // Also when the first call to erase it ended in doubt: it is made again later.
    await until('it is erased', async () => {
      await world.pass(11 * MINUTE);
      await pollDeliveries(world.notification.running); // a late report may have put the last question off
      return atTwilio(sid).redacted;
    });
    expect((await rowOf(event)).body).toBe('');
  });

  test('that is too old when its event arrives is not sent', async () => {
    const person = await world.newPerson();
    const event = await askForCode(person, '222222', 0);
    await world.settle();
    expect(await rowOf(event)).toBeUndefined();
  });

  test('other texts stay', async () => {
    const person = await world.newPerson();
    const { sid } = await inState(await tell(person), 'delivered');
    await world.settle();
    expect(atTwilio(sid).redacted).toBe(false);
  });
});

test.each([
  ['the second token', SECOND_TOKEN, 204],
  ['an empty token', '', 403],
  ['another token', 'guessed', 403],
])('a report that is signed with %s (%p) is answered %d', async (_, token, status) => {
  const person = { userId: newId(), phone: newPhone() };
  const event = await register(world.notification, person);
  const row = await until('it is there', () => rowOf(event.id));
  const url = `${world.environment.TWILIO_STATUS_CALLBACK_URL!.split('#')[0]}?m=${row.id}`;
  const form = { MessageSid: `SM${'1'.repeat(32)}`, MessageStatus: 'sent' };
  const signature = twilio.getExpectedTwilioSignature(token, url, form);
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(form),
  });
  expect(answer.status).toBe(status);
});
