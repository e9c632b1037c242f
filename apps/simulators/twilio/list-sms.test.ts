import twilio, { type Twilio } from 'twilio';
import { FakeClock } from '#kernel';
import { startSimulators, type Simulators } from '../index.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
const FROM = '+15005550006';
const KEPT = 200;

let simulators: Simulators;
let client: Twilio;
let clock: FakeClock;

beforeAll(async () => {
  clock = new FakeClock(Date.parse('2025-10-09T08:53:20Z'));
  simulators = await startSimulators({
    port: 0,
    twilio: { ...ACCOUNT, callbacks: false, clock, keepMessages: KEPT },
  });
  client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken);
  client.api.baseUrl = `${simulators.url}/twilio`;
});
afterAll(() => simulators.close());

async function send(to: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) await client.messages.create({ to, from: FROM, body });
}

const bodies = (messages: { body: string }[]) => messages.map(({ body }) => body);

describe('the list of messages', () => {
  it('shows a phone’s messages, newest first, and nobody else’s', async () => {
    await send('+250788000001', 'first', 'second');
    await send('+250788000002', 'another phone');
    expect(bodies(await client.messages.list({ to: '+250788000001' }))).toEqual(['second', 'first']);
    expect(await client.messages.list({ to: '+250788000009' })).toEqual([]);
  });

  it('is read page by page to its end', async () => {
    await send('+250788000003', '1', '2', '3', '4', '5', '6', '7');
    expect(bodies(await client.messages.list({ to: '+250788000003', pageSize: 3 }))).toEqual([
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
    ]);
    const page = await client.messages.page({ to: '+250788000003', pageSize: 3 });
    expect(page.instances).toHaveLength(3);
    await send('+250788000003', '8');
    const next = await page.nextPage();
    expect(bodies(next!.instances)).toEqual(['4', '3', '2']);
    expect((await next!.nextPage())!.nextPageUrl).toBeUndefined();
  });

  it('knows what was accepted a moment ago, before it is sent', async () => {
    await send('+250788000004', 'just now');
    const asked = { to: '+250788000004', dateSentAfter: clock.now() };
    expect(bodies(await client.messages.list(asked))).toEqual(['just now']);
  });

  it('can be cut by the time of sending and by the day', async () => {
    const to = '+250788000005';
    await send(to, 'on Thursday');
    clock.advance(86_400_000);
    await send(to, 'on Friday');
    clock.advance(1000);
    const thursday = new Date('2025-10-09T00:00:00Z');
    const friday = new Date('2025-10-10T00:00:00Z');
    expect(bodies(await client.messages.list({ to, dateSent: thursday }))).toEqual(['on Thursday']);
    expect(bodies(await client.messages.list({ to, dateSentAfter: friday }))).toEqual(['on Friday']);
    expect(bodies(await client.messages.list({ to, dateSentBefore: friday }))).toEqual(['on Thursday']);
    expect(await byHand(`To=${encodeURIComponent(to)}&DateSent=2025-10-10`)).toEqual(['on Friday']);
    expect(await byHand(`To=${encodeURIComponent(to)}&DateSent%3C%3D=2025-10-09`)).toEqual(['on Thursday']);
    expect(await byHand(`To=${encodeURIComponent(to)}&DateSent>=2025-10-10`)).toEqual(['on Friday']);
  });

  it('can be cut by the sender', async () => {
    await client.messages.create({ to: '+250788000006', from: 'Wattline', body: 'by name' });
    expect(bodies(await client.messages.list({ from: 'Wattline' }))).toEqual(['by name']);
  });

  it('refuses a date that is none', async () => {
    const path = `/twilio/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json?DateSent=yesterday`;
    expect((await get(path)).status).toBe(400);
  });

  it('shows a status that follows from the time alone when nobody waits for callbacks', async () => {
    const { sid } = await client.messages.create({
      to: '+250788000007',
      from: FROM,
      body: 'lazy',
      statusCallback: 'http://127.0.0.1:1/never-called',
    });
    const status = async () => (await client.messages(sid).fetch()).status;
    expect(await status()).toBe('queued');
    clock.advance(200);
    expect(await status()).toBe('sent');
    clock.advance(200);
    expect(await status()).toBe('delivered');
    expect(simulators.twilio.log.callbacks.total).toBe(0);
  });

  it('neither redacts nor deletes what is still on its way', async () => {
    const { sid } = await client.messages.create({ to: '+250788000007', from: FROM, body: 'busy' });
    for (const elapsed of [0, 100]) {
      clock.advance(elapsed);
      await expect(client.messages(sid).update({ body: '' })).rejects.toMatchObject({ code: 20009 });
      await expect(client.messages(sid).remove()).rejects.toMatchObject({ code: 20009 });
    }
    clock.advance(100);
    await expect(client.messages(sid).update({ body: '' })).resolves.toMatchObject({ body: '' });
  });

  it('forgets the oldest messages when it is full, and counts what was ever accepted', async () => {
    const { messages } = simulators.twilio;
    await send('+250788000008', 'falls out');
    const before = messages.accepted;
    await send('+250788000009', ...Array.from({ length: KEPT }, (_, n) => `filling ${n}`));
    expect(await client.messages.list({ to: '+250788000008' })).toEqual([]);
    expect(messages.kept).toBe(KEPT);
    expect(messages.accepted).toBe(before + KEPT);
    const log = await getJson('/twilio/log/messages?after=0&limit=5');
    expect(log).toMatchObject({ missed: before, more: true, total: before + KEPT });
    expect(log['items']).toHaveLength(5);
  });
});

function get(path: string): Promise<Response> {
  const authorization = `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)}`;
  return fetch(simulators.url + path, { headers: { authorization } });
}

async function getJson(path: string): Promise<Record<string, unknown>> {
  return (await (await get(path)).json()) as Record<string, unknown>;
}

async function byHand(query: string): Promise<string[]> {
  const page = await getJson(`/twilio/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json?${query}`);
  return bodies(page['messages'] as { body: string }[]);
}
