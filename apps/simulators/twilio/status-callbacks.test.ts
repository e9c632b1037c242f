import twilio, { type Twilio } from 'twilio';
import { startSimulators, type Simulators } from '../index.js';
import { startCallbackReceiver, type CallbackReceiver } from '../testing/callback-receiver.js';
import { until } from '../testing/until.js';
import type { CallbackEntry } from './status-callbacks.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
const FROM = '+15005550006';
const CUSTOMER = '+250788123456';

let simulators: Simulators;
let customer: CallbackReceiver;
let client: Twilio;
const lines: string[] = [];

beforeAll(async () => {
  customer = await startCallbackReceiver();
  simulators = await startSimulators({
    port: 0,
    twilio: { ...ACCOUNT, stepMs: 30 },
    log: (line) => lines.push(line),
  });
  client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken);
  client.api.baseUrl = `${simulators.url}/twilio`;
});
afterAll(async () => {
  await simulators.close();
  await customer.close();
});

async function send(over: object = {}): Promise<string> {
  const statusCallback = `${customer.url}/webhooks/twilio/status?m=42`;
  const message = await client.messages.create({
    to: CUSTOMER,
    from: FROM,
    body: 'x',
    statusCallback,
    ...over,
  });
  return message.sid;
}

/** What the simulator itself says about the callbacks of a message. */
const attempts = (sid: string): CallbackEntry[] =>
  simulators.twilio.log.callbacks
    .latest(1000)
    .map(({ entry }) => entry)
    .filter((entry) => entry.sid === sid);

const told = (sid: string, count: number) =>
  until(`${count} callbacks came`, () => {
    const statuses = customer.statusesOf(sid);
    return statuses.length >= count ? statuses : undefined;
  });

const callbacksOf = (sid: string) => customer.received.filter(({ form }) => form['MessageSid'] === sid);

const isSigned = (sid: string) =>
  callbacksOf(sid).map(({ url, headers, form }) =>
    twilio.validateRequest(
      ACCOUNT.authToken,
      String(headers['x-twilio-signature']),
      customer.url + url,
      form,
    ),
  );

describe('the callbacks of a message', () => {
  it('tell what follows the first status, signed for the URL with its query', async () => {
    const sid = await send();
    expect(await told(sid, 2)).toEqual(['sent', 'delivered']);
    const [sent, delivered] = callbacksOf(sid);
    expect(sent!.url).toBe('/webhooks/twilio/status?m=42');
    expect(sent!.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(sent!.form).toEqual({
      AccountSid: ACCOUNT.accountSid,
      ApiVersion: '2010-04-01',
      From: FROM,
      MessageSid: sid,
      MessageStatus: 'sent',
      SmsSid: sid,
      SmsStatus: 'sent',
      To: CUSTOMER,
    });
    expect(delivered!.form['RawDlrDoneDate']).toMatch(/^\d{10}$/);
    expect(isSigned(sid)).toEqual([true, true]);
  });

  it('leave the fragment of the URL at home and do what it says', async () => {
    customer.answerNextWith(500, 500, 500);
    const sid = await send({ statusCallback: `${customer.url}/status?m=7#rc=2&rp=5xx` });
    await until('delivered is reported', () => customer.statusesOf(sid).includes('delivered'));
    expect(callbacksOf(sid).every(({ url }) => url === '/status?m=7')).toBe(true);
    await until('all is told', () => attempts(sid).filter(({ outcome }) => outcome === 204).length === 2);
    expect(Math.max(...attempts(sid).map(({ attempt }) => attempt))).toBeGreaterThan(1);
    expect(isSigned(sid)).not.toContain(false);
  });

  it('come once more after a refusal, under the same idempotency token', async () => {
    customer.answerNextWith(503);
    const sid = await send();
    await until(
      'sent and delivered arrived',
      () => attempts(sid).filter(({ outcome }) => outcome === 204).length === 2,
    );
    const sent = callbacksOf(sid).filter(({ form }) => form['MessageStatus'] === 'sent');
    const tokens = sent.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });

  it('come no third time', async () => {
    customer.answerNextWith(500, 500, 500, 500);
    const sid = await send();
    await until(
      'both were given up',
      () => attempts(sid).filter(({ attempt }) => attempt === 2).length === 2,
    );
    expect(attempts(sid).map(({ outcome }) => outcome)).toEqual([500, 500, 500, 500]);
  });

  it('are not missed when the customer’s server is away', async () => {
    const sid = await send({ statusCallback: 'http://127.0.0.1:1/gone' });
    const [first] = await until('the simulator tried', () =>
      attempts(sid).length >= 2 ? attempts(sid) : undefined,
    );
    expect(first!.outcome).toBe('ECONNREFUSED');
    await until(
      'it is delivered all the same',
      async () => (await client.messages(sid).fetch()).status === 'delivered',
    );
  });

  it.each([
    'http://example.com/status',
    'http://10.0.0.7/',
    'http://127.0.0.1@example.com/',
    'https://[::2]/',
  ])('never leave this machine: %s', async (statusCallback) => {
    const sid = await send({ statusCallback });
    expect(attempts(sid)).toMatchObject([
      { outcome: 'refused: neither a loopback address nor an allowed host' },
    ]);
    expect(lines.some((line) => line.includes(sid))).toBe(true);
  });

  it('name the messaging service if there is one', async () => {
    const messagingServiceSid = `MG${'1'.repeat(32)}`;
    const sid = await send({ from: undefined, messagingServiceSid });
    await told(sid, 2);
    expect(callbacksOf(sid)[0]!.form).toMatchObject({ MessagingServiceSid: messagingServiceSid, From: FROM });
  });

  it.each([
    ['+15005551200', ['sent', 'delivered'], undefined],
    ['+15005551203', ['sent', 'undelivered'], '30003'],
    ['+15005550007', ['sent', 'undelivered'], '30007'],
    ['+15005551208', ['failed'], '30008'],
    ['+15005551253', ['delivered', 'sent'], undefined],
    ['+15005551254', ['sent', 'sent', 'delivered', 'delivered'], undefined],
  ])('of the test number %s are %j', async (to, statuses, errorCode) => {
    const sid = await send({ to });
    expect(await told(sid, statuses.length)).toEqual(statuses);
    const last = callbacksOf(sid).at(-1)!.form;
    expect(last['ErrorCode']).toBe(errorCode);
    const message = await client.messages(sid).fetch();
    expect(message.errorCode).toBe(errorCode === undefined ? null : Number(errorCode));
    expect(isSigned(sid)).not.toContain(false);
  });

  it('of the test number …52 stop at sent, where the carrier gives no receipt', async () => {
    const sid = await send({ to: '+15005551252' });
    expect(await told(sid, 1)).toEqual(['sent']);
    const sentinel = await send();
    await told(sentinel, 2);
    expect(customer.statusesOf(sid)).toEqual(['sent']);
    expect((await client.messages(sid).fetch()).status).toBe('sent');
  });

  it('of the test number …55 are signed wrongly', async () => {
    const sid = await send({ to: '+15005551255' });
    await told(sid, 2);
    expect(isSigned(sid)).toEqual([false, false]);
  });

  it('of the test number …56 never come, but the state shows by asking', async () => {
    const sid = await send({ to: '+15005551256' });
    await until('it is delivered', async () => (await client.messages(sid).fetch()).status === 'delivered');
    await told(await send(), 2);
    expect(customer.statusesOf(sid)).toEqual([]);
  });
});
