import twilio, { type Twilio } from 'twilio';
import { startSimulators, type Simulators } from '../index.js';
import { startCallbackReceiver, type CallbackReceiver } from '../testing/callback-receiver.js';
import { until } from '../testing/until.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
const FROM = '+15005550006';
const CUSTOMER = '+250788123456';

let simulators: Simulators;
let customer: CallbackReceiver;
let client: Twilio;

beforeAll(async () => {
  customer = await startCallbackReceiver();
  simulators = await startSimulators({
    port: 0,
    twilio: { ...ACCOUNT, stepMs: 20 },
  });
  client = clientWith({});
});
afterEach(() => simulators.twilio.faults.clear());
afterAll(async () => {
  await simulators.close();
  await customer.close();
});

function clientWith(options: object): Twilio {
  const made = twilio(ACCOUNT.accountSid, ACCOUNT.authToken, options);
  made.api.baseUrl = `${simulators.url}/twilio`;
  return made;
}

const send = (over: object = {}, by = client) =>
  by.messages.create({ to: CUSTOMER, from: FROM, body: 'Token: 1234', ...over });
const accepted = () => simulators.twilio.messages.accepted;
const listed = async (to: string, body: string) =>
  (await client.messages.list({ to })).filter((message) => message.body === body);

async function order(fault: object): Promise<Response> {
  return fetch(`${simulators.url}/twilio/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
}

describe('faults on the way to Twilio', () => {
  it('too many requests: the SDK that retries by itself gets through on the third try', async () => {
    await order({ fault: '429', times: 2 });
    const before = accepted();
    await expect(send({}, clientWith({ autoRetry: true }))).resolves.toMatchObject({ status: 'queued' });
    expect(accepted()).toBe(before + 1);
    const outcomes = simulators.twilio.log.requests.latest(3).map(({ entry }) => entry.outcome);
    expect(outcomes).toEqual([429, 429, 201]);
  });

  it('the test number …29 is busy twice for every message', async () => {
    const busy = { to: '+15005551229' };
    for (let message = 0; message < 2; message++) {
      await expect(send(busy)).rejects.toMatchObject({ status: 429, code: 20429 });
      await expect(send(busy)).rejects.toMatchObject({ status: 429, code: 20429 });
      await expect(send(busy)).resolves.toMatchObject({ status: 'queued' });
    }
  });

  it('a server error: nothing was accepted', async () => {
    const before = accepted();
    await order({ fault: '5xx' });
    await expect(send()).rejects.toMatchObject({ status: 503 });
    await order({ fault: '5xx', status: 502 });
    await expect(send()).rejects.toMatchObject({ status: 502 });
    await expect(send({ to: '+15005551250' })).rejects.toMatchObject({ status: 503 });
    expect(accepted()).toBe(before);
  });

  it('a refusal with any of Twilio’s codes', async () => {
    await order({ fault: 'refused', code: 21610 });
    await expect(send()).rejects.toMatchObject({ status: 400, code: 21610 });
    await order({ fault: '401' });
    await expect(send()).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  it('a socket lost before acceptance: the message is nowhere', async () => {
    await order({ fault: 'drop-before-accept' });
    await expect(send({ body: 'never taken' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await listed(CUSTOMER, 'never taken')).toEqual([]);
  });
});

describe('faults on the way back', () => {
  it('a message dropped after acceptance can be found in the list, and its callbacks come', async () => {
    await order({ fault: 'accept-then-drop' });
    const lost = send({ body: 'taken, not told', statusCallback: `${customer.url}/status?m=1` });
    await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' });
    const [found, ...others] = await listed(CUSTOMER, 'taken, not told');
    expect(others).toEqual([]);
    await until('its callbacks came', () => customer.statusesOf(found!.sid).length === 2);
  });

  it('so it is with the test number …51', async () => {
    const to = '+15005551251';
    await expect(send({ to, body: 'once' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await listed(to, 'once')).toHaveLength(1);
  });

  it('a slow answer comes after the client gave up: the message was accepted once', async () => {
    await order({ fault: 'slow', latencyMs: 60_000 });
    const hasty = clientWith({ timeout: 100 });
    await expect(send({ body: 'slow' }, hasty)).rejects.toMatchObject({ code: 'ECONNABORTED' });
    expect(await listed(CUSTOMER, 'slow')).toHaveLength(1);
  });

  it('a slow answer that is waited for says what was true when the message was accepted', async () => {
    await order({ fault: 'slow', latencyMs: 150 });
    await expect(send()).resolves.toMatchObject({ status: 'queued' });
  });

  it('an answer that never comes: the message was accepted', async () => {
    await order({ fault: 'hang' });
    await expect(send({ body: 'hung' }, clientWith({ timeout: 100 }))).rejects.toMatchObject({
      code: 'ECONNABORTED',
    });
    expect(await listed(CUSTOMER, 'hung')).toHaveLength(1);
    const outcomes = simulators.twilio.log.requests.latest(5).map(({ entry }) => entry.outcome);
    expect(outcomes).toContain('no answer');
  });

  it('an answer that is no JSON: the message was accepted', async () => {
    await order({ fault: 'wrong-body' });
    await send({ body: 'odd answer' }).catch(() => undefined);
    expect(await listed(CUSTOMER, 'odd answer')).toHaveLength(1);
  });

  it('the list can be out of order as well, and only when told so', async () => {
    await order({ fault: '5xx', on: 'read' });
    await expect(send({ body: 'sending works' })).resolves.toBeDefined();
    await expect(client.messages.list({ to: CUSTOMER })).rejects.toMatchObject({ status: 503 });
    expect(await listed(CUSTOMER, 'sending works')).toHaveLength(1);
  });
});

describe('faults of the delivery', () => {
  it.each([
    ['undelivered', 'undelivered', 30003],
    ['failed', 'failed', 30008],
    ['stays-sent', 'sent', null],
    ['no-callbacks', 'delivered', null],
  ])('%s: an ordinary number ends as %s', async (fault, status, errorCode) => {
    await order({ fault });
    const { sid } = await send();
    await until(`it is ${status}`, async () => {
      const message = await client.messages(sid).fetch();
      return message.status === status && message.errorCode === errorCode;
    });
  });

  it('undelivered for the reason that is ordered', async () => {
    await order({ fault: 'undelivered', code: 30005 });
    const { sid } = await send();
    await until('it failed', async () => (await client.messages(sid).fetch()).errorCode === 30005);
  });

  it.each([
    ['callbacks-out-of-order', ['delivered', 'sent']],
    ['callbacks-twice', ['sent', 'sent', 'delivered', 'delivered']],
    ['wrong-signature', ['sent', 'delivered']],
  ])('%s: an ordinary number’s callbacks are %j', async (fault, statuses) => {
    await order({ fault });
    const { sid } = await send({ statusCallback: `${customer.url}/status` });
    await until('they came', () => customer.statusesOf(sid).length >= statuses.length);
    expect(customer.statusesOf(sid)).toEqual(statuses);
  });
});
