import { createServer } from 'node:net';
import { BillCreated } from '#contracts';
import { until } from '#testing';
import { startSimulators, type TwilioFault } from '#simulators';
import { ASK_AFTER, billOf, type Person, startWorld, TWILIO, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({ environment: { SMS_TIMEOUT_MS: '3000' } });
});
afterAll(() => world.close());
beforeEach(() => world.simulators.twilio.faults.clear());

/** Twilio's own account of the requests about a phone since the welcome. */
const requestsAbout = (phone: string) =>
  world.simulators.twilio.log.requests
    .latest(100_000)
    .map(({ entry }) => entry)
    .filter(({ to }) => to === phone)
    .slice(1)
    .map(({ method, outcome }) => `${method} ${outcome}`);

interface Row {
  state: string;
  sid: string | null;
  error_code: string | null;
}

async function messageAbout(number: string, { userId }: Person): Promise<Row> {
  const me = await world.notification.as(userId).get('/api/notifications?limit=100');
  const { id } = me.body.items.find(({ text }: { text: string }) => text.includes(number)) as { id: string };
  const rows = await world.notification.database.rows<Row>(
    'SELECT state, sid, error_code FROM notification.messages WHERE id = $1',
    [id],
  );
  return rows[0]!;
}

/** A bill for a new person, told while `faults` strike. Returns once nothing is under way. */
async function tell(faults: [TwilioFault, object?][]) {
  const person = await world.newPerson();
  for (const [fault, more] of faults)
    world.simulators.twilio.faults.order({ fault, to: person.phone, ...more });
  const bill = billOf(person.userId);
  await world.notification.publish(BillCreated, bill.billId, bill);
  await world.settle();
  return {
    person,
    requests: requestsAbout(person.phone),
    received: world.smsTo(person.phone).filter((text) => text.includes(bill.number)),
    message: await messageAbout(bill.number, person),
  };
}

describe('whatever Twilio does, the person receives one SMS', () => {
  const asked = { on: 'read' };
  test.each<[string, [TwilioFault, object?][], string[]]>([
    ['429 once', [['429']], ['POST 429', 'POST 201']],
    ['429 five times', [['429', { times: 5 }]], [...Array<string>(5).fill('POST 429'), 'POST 201']],
    ['our queue at Twilio is full', [['refused', { code: 21611 }]], ['POST 400', 'POST 201']],
    ['503, and Twilio does not have it', [['5xx']], ['POST 503', 'GET 200', 'POST 201']],
    [
      '500 twice',
      [['5xx', { times: 2, status: 500 }]],
      ['POST 500', 'GET 200', 'POST 500', 'GET 200', 'POST 201'],
    ],
    ['accepted, then the line drops', [['accept-then-drop']], ['POST dropped', 'GET 200']],
    [
      'the line drops before Twilio accepts',
      [['drop-before-accept']],
      ['POST dropped', 'GET 200', 'POST 201'],
    ],
    ['accepted, with a page of HTML for an answer', [['wrong-body']], ['POST wrong body', 'GET 200']],
    ['accepted, and never answered', [['hang']], ['POST no answer', 'GET 200']],
    ['answered slowly', [['slow', { latencyMs: 50 }]], ['POST 201']],
    [
      'accepted and dropped, and the list fails in four ways before it answers',
      [
        ['accept-then-drop'],
        ['5xx', asked],
        ['401', asked],
        ['wrong-body', asked],
        ['drop-before-accept', asked],
      ],
      ['POST dropped', 'GET 503', 'GET 401', 'GET wrong body', 'GET dropped', 'GET 200'],
    ],
    [
      'dropped before it was accepted, and the list fails before it answers',
      [['drop-before-accept'], ['429', { ...asked, times: 2 }]],
      ['POST dropped', 'GET 429', 'GET 429', 'GET 200', 'POST 201'],
    ],
    [
      '429, then in doubt, then 429 again',
      [['429'], ['accept-then-drop'], ['429']],
      ['POST 429', 'POST dropped', 'GET 200'],
    ],
  ])('%s', async (_, faults, expected) => {
    const { requests, received, message } = await tell(faults);
    expect(requests).toEqual(expected);
    expect(received).toHaveLength(1);
    // Who was found in the list has been delivered meanwhile, and the list says so.
    const state = expected.at(-1)!.startsWith('GET') ? 'delivered' : 'sending';
    expect(message).toMatchObject({ state, sid: expect.stringMatching(/^SM/) });
  });

  test('a hundred people, half of them under faults that come as the dice fall', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => world.newPerson()));
    const { faults } = world.simulators.twilio;
    const menu: TwilioFault[] = ['429', '5xx', 'accept-then-drop', 'drop-before-accept', 'wrong-body'];
    for (const fault of menu) faults.order({ fault, rate: 0.15, times: 40 });
    for (const fault of menu) faults.order({ fault, rate: 0.1, times: 20, on: 'read' });
    const bills = people.flatMap(({ userId }) => Array.from({ length: 5 }, () => billOf(userId)));
    await Promise.all(bills.map((bill) => world.notification.publish(BillCreated, bill.billId, bill)));
    await world.settle();
    const texts = people.flatMap(({ phone }) => world.smsTo(phone));
    for (const { number } of bills) expect(texts.filter((text) => text.includes(number))).toHaveLength(1);
  });
});

describe('what Twilio refuses for good is sent to nobody and tried once', () => {
  test.each<[string, TwilioFault, object, string]>([
    ['no valid number', 'refused', { code: 21211 }, '21211'],
    ['who opted out', 'refused', { code: 21610 }, '21610'],
    ['no route', 'refused', { code: 21612 }, '21612'],
    ['a code that nobody knows', 'refused', { code: 29999 }, '29999'],
    ['our own sender is wrong', 'refused', { code: 21606 }, '21606'],
    ['our own credentials are wrong', '401', {}, '20003'],
  ])('%s', async (_, fault, more, code) => {
    const { requests, received, message } = await tell([[fault, more]]);
    expect(requests).toHaveLength(1);
    expect(received).toEqual([]);
    expect(message).toEqual({ state: 'failed', sid: null, error_code: code });
  });

  test('an hour and more of 429 is enough', async () => {
    const { requests, received, message } = await tell([['429', { times: 100 }]]);
    expect(requests).toHaveLength(12);
    expect(received).toEqual([]);
    expect(message).toMatchObject({ state: 'failed', error_code: 'gave_up' });
  });
});

describe('an SMS in doubt', () => {
  test('is not asked for, and much less sent again, before its time', async () => {
    const person = await world.newPerson();
    world.simulators.twilio.faults.order({ fault: 'drop-before-accept', to: person.phone });
    const bill = billOf(person.userId);
    await world.notification.publish(BillCreated, bill.billId, bill);
    await until('it is in doubt', async () => (await world.open()).includes('unknown'));
    await world.pass(ASK_AFTER - 1_000);
    expect(requestsAbout(person.phone)).toEqual(['POST dropped']);
    await world.pass(1_000);
    await until('it is proven not to be there', async () => (await world.open()).includes('scheduled'));
    await world.settle();
    expect(requestsAbout(person.phone)).toEqual(['POST dropped', 'GET 200', 'POST 201']);
  });

  test('is never taken for another SMS with the same text', async () => {
    // The same bill told twice by two events, as a fault of ours might have it: the texts are equal.
    const person = await world.newPerson();
    const bill = billOf(person.userId);
    await world.notification.publish(BillCreated, bill.billId, bill);
    await world.settle();
    world.simulators.twilio.faults.order({ fault: 'drop-before-accept', to: person.phone });
    await world.notification.publish(BillCreated, bill.billId, bill);
    await world.settle();
    expect(world.smsTo(person.phone).filter((text) => text.includes(bill.number))).toHaveLength(2);
    const sids = await world.notification.database.rows<{ sid: string }>(
      `SELECT DISTINCT sid FROM notification.messages WHERE user_id = $1 AND template = 'bill_created'`,
      [person.userId],
    );
    expect(sids).toHaveLength(2);
  });

  test('is found behind more than a page of others', async () => {
    const person = await world.newPerson();
    const send = world.simulators.twilio.messages;
    world.simulators.twilio.faults.order({ fault: 'accept-then-drop', to: person.phone });
    const bill = billOf(person.userId);
    await world.notification.publish(BillCreated, bill.billId, bill);
    await until('it is in doubt', async () => (await world.open()).includes('unknown'));
    const script = { steps: [], callbacks: 'none' as const };
    for (let i = 0; i < 250; i++)
      send.accept({ to: person.phone, from: '+15005550006', body: `another ${i}`, script });
    await world.settle();
    expect(requestsAbout(person.phone)).toEqual(['POST dropped', 'GET 200', 'GET 200', 'GET 200']);
    expect((await messageAbout(bill.number, person)).state).toBe('delivered');
  });
});

test('while nothing listens at Twilio, nothing has left: the SMS goes when it is back', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
  const away = await startWorld({ environment: { TWILIO_API_BASE_URL: `http://127.0.0.1:${port}/twilio` } });
  const registered = away.newPerson();
  await until('the welcome waits', async () => (await away.open()).includes('scheduled'));
  const back = await startSimulators({ port, twilio: { ...TWILIO, clock: away.clock } });
  await away.pass(2_000);
  const { phone } = await registered;
  expect([...back.twilio.messages.newestFirst(phone)]).toHaveLength(1);
  expect(back.twilio.log.requests.latest(10).map(({ entry }) => entry.method)).toEqual(['POST']);
  await away.close();
  await back.close();
});
