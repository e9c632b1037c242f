import twilio from 'twilio';
import { BillCreated } from '#contracts';
import { newId } from '#kernel';
import type { TwilioFault } from '#simulators';
import { until } from '#testing';
import { ASK_AFTER, billOf, startWorld, TWILIO, type World } from './world.js';

let world: World;
let url: string;

beforeAll(async () => {
  world = await startWorld({ reports: true, twilio: { stepMs: 20 } });
  url = world.environment.TWILIO_STATUS_CALLBACK_URL!.split('#')[0]!;
});
afterAll(() => world.close());

interface Row {
  id: string;
  state: string;
  sid: string;
  error_code: string | null;
}

async function messageOf(eventId: string): Promise<Row> {
  const [row] = await world.notification.database.rows<Row>(
    'SELECT id, state, sid, error_code FROM notification.messages WHERE event_id = $1',
    [eventId],
  );
  return row!;
}

async function tell(fault?: TwilioFault) {
  const person = await world.newPerson();
  if (fault) world.simulators.twilio.faults.order({ fault, to: person.phone });
  const bill = billOf(person.userId);
  const event = await world.notification.publish(BillCreated, bill.billId, bill);
  return { person, bill, event };
}

const reportsAbout = (sid: string) =>
  world.simulators.twilio.log.callbacks
    .latest(10_000)
    .map(({ entry }) => entry)
    .filter((entry) => entry.sid === sid)
    .map(({ status, outcome }) => `${status} ${outcome}`);

/** A report as Twilio would send it; `over` what is signed, `to` where it goes. */
function report(
  messageId: string,
  form: Record<string, string>,
  signed: { token?: string; url?: string } = {},
) {
  const address = `${url}?m=${messageId}`;
  const signature = twilio.getExpectedTwilioSignature(
    signed.token ?? TWILIO.authToken,
    signed.url ?? address,
    form,
  );
  return fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(form),
  });
}

const formOf = (sid: string, status: string, more: Record<string, string> = {}) => ({
  AccountSid: TWILIO.accountSid,
  MessageSid: sid,
  MessageStatus: status,
  SmsSid: sid,
  SmsStatus: status,
  To: '+2348012345678',
  'A field of tomorrow': 'with ünicode',
  ...more,
});

/** A message that Twilio has, and that it never reports about by itself. */
async function quietMessage(): Promise<Row> {
  const { event } = await tell('no-callbacks');
  return until('Twilio has it', async () => {
    const row = await messageOf(event.id);
    return row?.state === 'sending' && row;
  });
}

describe('a message goes as far as Twilio reports', () => {
  test.each<[TwilioFault | undefined, string, string | null, number]>([
    [undefined, 'delivered', null, 2],
    ['undelivered', 'undelivered', '30003', 2],
    ['failed', 'failed', '30008', 1],
    ['stays-sent', 'sent', null, 1],
    ['callbacks-out-of-order', 'delivered', null, 2],
    ['callbacks-twice', 'delivered', null, 4],
  ])('%s: %s', async (fault, state, code, count) => {
    const { event } = await tell(fault);
    await until('all reports came', async () => {
      const row = await messageOf(event.id);
      return row?.sid && reportsAbout(row.sid).length === count;
    });
    const row = await messageOf(event.id);
    expect([row.state, row.error_code]).toEqual([state, code]);
    expect(reportsAbout(row.sid).every((it) => it.endsWith(' 204'))).toBe(true);
  });

  test('fifty at once, whose reports overtake the answers', async () => {
    const told = await Promise.all(Array.from({ length: 50 }, () => tell()));
    for (const { event } of told) {
      await until('it is delivered', async () => (await messageOf(event.id)).state === 'delivered');
    }
    expect(await world.open()).toEqual([]);
  });
});

test('a report signed with another token changes nothing', async () => {
  const { event } = await tell('wrong-signature');
  await until('the reports came', async () => {
    const row = await messageOf(event.id);
    return row?.sid && reportsAbout(row.sid).length === 2;
  });
  const row = await messageOf(event.id);
  expect(reportsAbout(row.sid)).toEqual(['sent 403', 'delivered 403']);
  expect(row.state).toBe('sending');
});

test('a report settles an SMS in doubt: nobody asks, and nothing is sent again', async () => {
  const { person, bill, event } = await tell('accept-then-drop');
  await until('it is delivered', async () => (await messageOf(event.id)).state === 'delivered');
  await world.pass(ASK_AFTER);
  await until('it is settled', async () => (await world.open()).length === 0);
  const requests = world.simulators.twilio.log.requests
    .latest(10_000)
    .filter(({ entry }) => entry.to === person.phone);
  expect(requests.map(({ entry }) => `${entry.method} ${entry.outcome}`)).toEqual([
    'POST 201',
    'POST dropped',
  ]);
  expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(1);
  expect(await messageOf(event.id)).toMatchObject({ state: 'delivered', sid: expect.stringMatching(/^SM/) });
});

describe('a forged report', () => {
  test.each<[string, (row: Row) => Promise<Response>]>([
    ['with another token', ({ id, sid }) => report(id, formOf(sid, 'failed'), { token: 'guessed' })],
    [
      'signed for another message',
      ({ id, sid }) => report(id, formOf(sid, 'failed'), { url: `${url}?m=${newId()}` }),
    ],
    [
      'signed for another host',
      ({ id, sid }) => report(id, formOf(sid, 'failed'), { url: `https://x.test/?m=${id}` }),
    ],
    [
      'whose status was changed on the way',
      async ({ id, sid }) => {
        const signature = twilio.getExpectedTwilioSignature(
          TWILIO.authToken,
          `${url}?m=${id}`,
          formOf(sid, 'sent'),
        );
        return fetch(`${url}?m=${id}`, {
          method: 'POST',
          headers: { 'x-twilio-signature': signature },
          body: new URLSearchParams(formOf(sid, 'failed')),
        });
      },
    ],
    [
      'without a signature',
      ({ id, sid }) =>
        fetch(`${url}?m=${id}`, { method: 'POST', body: new URLSearchParams(formOf(sid, 'failed')) }),
    ],
    [
      'without a message',
      ({ sid }) => fetch(url, { method: 'POST', body: new URLSearchParams(formOf(sid, 'failed')) }),
    ],
    [
      'as JSON',
      ({ id, sid }) =>
        fetch(`${url}?m=${id}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-twilio-signature': 'x' },
          body: JSON.stringify(formOf(sid, 'failed')),
        }),
    ],
    ['with nothing in it', ({ id }) => fetch(`${url}?m=${id}`, { method: 'POST' })],
  ])('%s is refused and changes nothing', async (_, forge) => {
    const row = await quietMessage();
    const answer = await forge(row);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'forbidden' });
    const [after] = await world.notification.database.rows<Row>(
      'SELECT id, state, sid, error_code FROM notification.messages WHERE id = $1',
      [row.id],
    );
    expect(after).toEqual(row);
  });
});

describe('a true report', () => {
  const stateOf = async (id: string) =>
    (
      await world.notification.database.rows<Row>('SELECT state FROM notification.messages WHERE id = $1', [
        id,
      ])
    )[0]!.state;

  test('counts with fields that we do not know, and never moves a message back', async () => {
    const { id, sid } = await quietMessage();
    const seen: string[] = [];
    for (const status of ['sent', 'sending', 'delivered', 'sent', 'failed', 'undelivered', 'received']) {
      expect((await report(id, formOf(sid, status))).status).toBe(204);
      seen.push(await stateOf(id));
    }
    expect(seen).toEqual(['sent', 'sent', 'delivered', 'delivered', 'delivered', 'delivered', 'delivered']);
  });

  test('that was given in every order by twenty at once ends in the same state', async () => {
    const { id, sid } = await quietMessage();
    const statuses = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'sent' : 'delivered'));
    await Promise.all(statuses.map((status) => report(id, formOf(sid, status))));
    expect(await stateOf(id)).toBe('delivered');
  });

  test('about another SMS than the one that we know of changes nothing', async () => {
    const { id } = await quietMessage();
    expect((await report(id, formOf(`SM${'f'.repeat(32)}`, 'delivered'))).status).toBe(204);
    expect(await stateOf(id)).toBe('sending');
  });

  test('about no message of ours is taken and forgotten', async () => {
    expect((await report(newId(), formOf(`SM${'e'.repeat(32)}`, 'delivered'))).status).toBe(204);
    expect((await report('no-id', formOf(`SM${'e'.repeat(32)}`, 'delivered'))).status).toBe(204);
  });

  test('without sid or status is not valid', async () => {
    const { id } = await quietMessage();
    expect((await report(id, { AccountSid: TWILIO.accountSid })).status).toBe(400);
  });
});
