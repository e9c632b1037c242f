import twilio from 'twilio';
import { newId } from '#kernel';
import { type Answer, type Json, until } from '#testing';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

/** Who lost the SMS with a token sends TOKEN from their phone, and has it again. */
let world: SystemUnderTest;

beforeAll(async () => {
  world = await startOneProcess({ environment: { SEED_DEMO: 'true' } });
}, 120_000);
afterAll(() => world.stop(), 60_000);

const METER = '04123456784';
const OTHER = '04123456792';

const write = (phone: string, body: string, copies = 1): Promise<Answer> =>
  world.phones.post(`/phones/${encodeURIComponent(phone)}/messages`, { body, copies });

async function buy(person: Person, meterNumber = METER): Promise<Json> {
  const { body: bill } = await person.api.post('/api/electricity/verify', { meterNumber, amount: '500.00' });
  const payment = await person.finished(await person.post(`/api/vend/${bill.id}/pay`, { method: 'wallet' }));
  expect(payment.status).toBe('PAID');
  await person.sms(digitsOf(payment));
  return payment;
}

async function customer(): Promise<Person> {
  const person = await Person.register(world);
  await person.addFunds('5000.00');
  return person;
}

const digitsOf = ({ tokens }: Json) => tokens[0].token.replace(/(.{4})(?=.)/g, '$1 ') as string;
const times = async (person: Person, text: string) =>
  (await person.messages()).filter((it) => it.includes(text)).length;
/** Everything that was asked for so far has been answered, or has not. */
const answered = () =>
  until('every SMS that came in was dealt with', async () => {
    const rows = await world.database.rows(
      `SELECT 1 FROM notification.effects WHERE kind IN ('answer-incoming', 'send-sms') AND state <> 'done'
       UNION ALL SELECT 1 FROM billing.outbox WHERE published_at IS NULL
       UNION ALL SELECT 1 FROM notification.outbox WHERE published_at IS NULL`,
    );
    return rows.length === 0;
  });

test('TOKEN brings the same 20 digits again: once, though Twilio delivers it three times', async () => {
  const person = await customer();
  const payment = await buy(person);
  const sent = await write(person.phone, ' Token ', 3);
  expect([sent.status, sent.body.outcomes]).toEqual([201, [200, 200, 200]]);
  await until('it came again', async () => (await times(person, digitsOf(payment))) === 2);
  expect((await person.messages())[0]).toContain(`${payment.tokens[0].kwh} kWh`);
  await answered();
  expect(await times(person, digitsOf(payment))).toBe(2);
});

test('with digits of a meter only its tokens come; without, those of up to three purchases', async () => {
  const person = await customer();
  const bought = [await buy(person), await buy(person), await buy(person), await buy(person, OTHER)];
  await write(person.phone, `TOKEN ${OTHER.slice(-4)}`);
  await until('that of the other meter came', async () => (await times(person, digitsOf(bought[3]))) === 2);
  await write(person.phone, 'TOKEN');
  await until('the newest of the rest came', async () => (await times(person, digitsOf(bought[1]))) === 2);
  await answered();
  expect(await Promise.all(bought.map((it) => times(person, digitsOf(it))))).toEqual([1, 2, 2, 2]);
});

test('a phone that nobody has gets no answer, and nobody is told instead', async () => {
  const person = await customer();
  const payment = await buy(person);
  const stranger = '+2348099999999';
  const before = (await person.messages()).length;
  for (const body of ['TOKEN', `TOKEN ${METER}`, 'hello']) {
    expect((await write(stranger, body)).body.outcomes).toEqual([200]);
  }
  await answered();
  const { body } = await world.phones.get(`/phones/${encodeURIComponent(stranger)}/messages`);
  expect(body.items).toEqual([]);
  expect(await person.messages()).toHaveLength(before);
  expect(await times(person, digitsOf(payment))).toBe(1);
});

test('somebody else with an account gets none of it', async () => {
  const person = await customer();
  const payment = await buy(person);
  const other = await Person.register(world, 'Chinedu Okafor');
  await write(other.phone, `TOKEN ${METER}`);
  expect(await other.sms('No electricity tokens')).not.toContain(payment.tokens[0].token);
  await answered();
  expect(await times(person, digitsOf(payment))).toBe(1);
  expect((await other.messages()).filter((it) => /\d{4} \d{4}/.test(it))).toEqual([]);
});

test('other words are answered with one line of help a day; STOP is left to Twilio', async () => {
  const person = await Person.register(world);
  await write(person.phone, 'STOP');
  await write(person.phone, 'where is my token?');
  await person.sms('Send TOKEN');
  await write(person.phone, 'hello?');
  await answered();
  expect(await times(person, 'Send TOKEN')).toBe(1);
  expect(await person.messages()).toHaveLength(2);
});

test('a phone is answered five times an hour', async () => {
  const person = await customer();
  for (let i = 0; i < 8; i++) await write(person.phone, `TOKEN ${1000 + i}`);
  await answered();
  expect(await times(person, 'No electricity tokens')).toBe(5);
});

test('GET /api/meters/{id}/tokens has those of the newest three purchases; operators see their last digits, nobody else any', async () => {
  const person = await customer();
  const bought = [await buy(person), await buy(person), await buy(person), await buy(person)];
  await buy(person, OTHER);
  const { body: saved } = await person.api.post('/api/meters', { number: METER });
  const path = `/api/meters/${saved.id}/tokens`;
  const { status, body } = await person.api.get(path);
  expect(status).toBe(200);
  expect(body.items).toEqual(
    [bought[3]!, bought[2]!, bought[1]!].map((payment) => ({
      ...{ id: payment.tokens[0].id, vendId: payment.id, meterNumber: METER, kind: 'credit' },
      ...{ token: payment.tokens[0].token, kwh: payment.tokens[0].kwh },
      issuedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      receiptNumber: payment.receiptNumber,
    })),
  );
  const login = { phone: '+2348090000001', password: 'wattline-demo' };
  const operator = (await world.api.post('/api/auth/login', login)).body;
  const seen = await world.api.with({ authorization: `Bearer ${operator.accessToken}` }).get(path);
  expect(seen.body.items.map((it: Json) => it.token)).toEqual(
    body.items.map((it: Json) => '•'.repeat(16) + it.token.slice(-4)),
  );
  const stranger = await Person.register(world, 'Chinedu Okafor');
  expect((await stranger.api.get(path)).body.code).toBe('not_found');
  // On one's own list the meter may be; the tokens are whose they were bought by.
  const { body: theirs } = await stranger.api.post('/api/meters', { number: METER });
  expect((await stranger.api.get(`/api/meters/${theirs.id}/tokens`)).body).toEqual({ items: [] });
  const key = (await person.api.post('/api/api-keys', { name: 'till', scopes: ['bills:read'] })).body.key;
  const byKey = world.api.with({ authorization: `Bearer ${key}` });
  expect((await byKey.get(`/api/meters/${saved.id}`)).status).toBe(200);
  expect((await byKey.get(path)).status).toBe(403);
});

describe('an SMS that Twilio did not sign', () => {
  const post = async (form: Record<string, string>, signature: string) => {
    const answer = await fetch(`${world.api.url}/api/webhooks/twilio`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      body: new URLSearchParams(form),
    });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  const formOf = (from: string) => ({ MessageSid: `SM${newId()}`, From: from, Body: 'TOKEN' });
  const signed = (token: string, form: object) =>
    twilio.getExpectedTwilioSignature(token, `${world.api.url}/api/webhooks/twilio`, form);

  test('is refused and changes nothing', async () => {
    const person = await customer();
    const payment = await buy(person);
    const form = formOf(person.phone);
    expect((await post(form, signed('guessed', form))).status).toBe(403);
    expect(
      (await post({ ...form, From: '+2348012345678' }, signed('wattline-demo-token', form))).status,
    ).toBe(403);
    expect((await post(form, '')).status).toBe(403);
    await answered();
    expect(await times(person, digitsOf(payment))).toBe(1);
  });

  test('that it did sign is answered with an empty TwiML document', async () => {
    const form = formOf('+2348012345678');
    const { status, type, text } = await post(form, signed('wattline-demo-token', form));
    expect([status, type]).toEqual([200, expect.stringMatching(/^text\/xml/)]);
    expect(text).toMatch(/<Response\/>$/);
  });
});

test('what came in stands nowhere: no phone, no text', async () => {
  const person = await customer();
  await write(person.phone, 'my PIN is 774411');
  await person.sms('Send TOKEN');
  const found = await world.database.rows(
    `SELECT 1 FROM notification.effects e WHERE strpos(e::text, $1) > 0 OR e::text LIKE '%774411%'
     UNION ALL SELECT 1 FROM notification.sms_senders s WHERE strpos(s::text, $1) > 0
     UNION ALL SELECT 1 FROM notification.incoming_sms s WHERE s::text LIKE '%774411%'`,
    [person.phone.slice(1)],
  );
  expect(found).toEqual([]);
});
