import { checkInvariants } from '#invariants';
import { newId, numberFor } from '#kernel';
import { type Simulators, startSimulators } from '#simulators';
import type { TestDatabase } from '#testing';
import { systemDatabase } from '../e2e/system.js';
import { violations } from './world.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };

let database: TestDatabase;
let simulators: Simulators;

beforeAll(async () => {
  database = await systemDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  simulators = await startSimulators({ port: 0, twilio: { ...ACCOUNT, callbacks: false, keepMessages: 5 } });
});
afterEach(() => simulators.close());

/** Sends as the notification service does, with the message's id in the address of its reports. */
async function send(messageId: string | undefined, text: string, to = '+2348030000001'): Promise<string> {
  const form = new URLSearchParams({ To: to, From: '+15005550006', Body: text });
  if (messageId) form.set('StatusCallback', `http://127.0.0.1:1/reports?m=${messageId}`);
  const { accountSid, authToken } = ACCOUNT;
  const answer = await fetch(`${simulators.url}/twilio/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: form,
  });
  return ((await answer.json()) as { sid: string }).sid;
}

async function aMessage(): Promise<string> {
  const id = newId();
  await database.rows(
    `INSERT INTO notification.messages (id, event_id, user_id, template, body, state, correlation_id, created_at, updated_at)
     VALUES ($1, $2, $3, 'bill_created', 'sealed', 'sending', 'c', now(), now())`,
    [id, newId(), newId()],
  );
  return id;
}

async function check() {
  const report = await checkInvariants({ databaseUrl: database.url, simulatorUrl: simulators.url });
  return { found: violations(report), counted: report.results.find(({ id }) => id === 'I7')!.counted };
}

const bill = () => `New bill ${numberFor('B', newId())}: NGN 50.00, due 2030-01-31. Pay it in Wattline.`;

test('different messages, and the same words without a number in them, are in order', async () => {
  await send(await aMessage(), bill());
  await send(await aMessage(), bill());
  await send(undefined, 'Hello');
  await send(undefined, 'Hello');
  const { found, counted } = await check();
  expect(found).toEqual([]);
  expect(counted).toMatchObject({ accepted: 4, violations: 0 });
});

test('a message that Twilio accepted twice is found, whatever its text', async () => {
  const id = await aMessage();
  const [first, second] = [await send(id, bill()), await send(id, bill())];
  expect((await check()).found).toEqual([`I7: message ${id} was sent as ${first} and as ${second}`]);
});

test('one text with a number in it, twice to one phone, is found; to two phones it is not the same', async () => {
  const text = bill();
  const first = await send(await aMessage(), text);
  await send(await aMessage(), text, '+2348030000002');
  const second = await send(await aMessage(), text);
  expect((await check()).found).toEqual([`I7: the SMS ${first} and ${second} are one text to one phone`]);
});

test('an SMS of a message that nobody decided is found', async () => {
  const id = newId();
  const [known, unknown] = [await send(id, bill()), await send('77', bill())];
  expect((await check()).found.sort()).toEqual(
    [known, unknown].map((sid) => `I7: SMS ${sid} was sent for a message that does not exist`).sort(),
  );
});

test('what left the log before it was read is told: a part is no proof', async () => {
  for (let i = 0; i < 7; i++) await send(await aMessage(), bill());
  const { found } = await check();
  expect(found).toEqual([`I7: 2 messages had left the simulator's log before they could be checked`]);
});

test('without the simulator nothing is claimed', async () => {
  const nowhere = { databaseUrl: database.url, simulatorUrl: 'http://127.0.0.1:1' };
  await expect(checkInvariants(nowhere)).rejects.toThrow();
});
