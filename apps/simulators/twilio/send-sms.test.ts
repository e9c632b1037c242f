import twilio, { type Twilio } from 'twilio';
import { startSimulators, type Simulators } from '../index.js';
import { until } from '../testing/until.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'the account’s token' };
const FROM = '+15005550006';
const CUSTOMER = '+250788123456';

let simulators: Simulators;
let client: Twilio;

beforeAll(async () => {
  simulators = await startSimulators({
    port: 0,
    twilio: { ...ACCOUNT, stepMs: 20, apiKeys: [{ sid: 'SK1', secret: 'key secret' }] },
  });
  client = clientWith(ACCOUNT.accountSid, ACCOUNT.authToken);
});
afterAll(() => simulators.close());

function clientWith(user: string, password: string, options = {}): Twilio {
  const made = twilio(user, password, options);
  made.api.baseUrl = `${simulators.url}/twilio`;
  return made;
}

const send = (over: object = {}) =>
  client.messages.create({ to: CUSTOMER, from: FROM, body: 'Token: 1234', ...over });
const accepted = () => simulators.twilio.messages.accepted;
const refusal = async (over: object) => {
  const before = accepted();
  const error: unknown = await send(over).catch((thrown: unknown) => thrown);
  expect(accepted()).toBe(before);
  return error;
};

describe('sending an SMS', () => {
  it('is answered by a queued message in Twilio’s shape', async () => {
    const message = await send({ body: 'é'.repeat(161) });
    expect(message).toMatchObject({
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      accountSid: ACCOUNT.accountSid,
      to: CUSTOMER,
      from: FROM,
      status: 'queued',
      direction: 'outbound-api',
      numSegments: '2',
      numMedia: '0',
      price: null,
      priceUnit: 'USD',
      errorCode: null,
      dateSent: null,
      apiVersion: '2010-04-01',
      uri: `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages/${message.sid}.json`,
    });
    expect(Date.now() - message.dateCreated.getTime()).toBeLessThan(5000);
  });

  it('leaves the dates in RFC 2822 and the counts as text on the wire', async () => {
    const { sid } = await send();
    const path = `/twilio/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages/${sid}.json`;
    const authorization = `Basic ${btoa(`SK1:key secret`)}`;
    const answer = await fetch(simulators.url + path, { headers: { authorization } });
    const body = (await answer.json()) as Record<string, unknown>;
    expect(answer.headers.get('content-type')).toBe('application/json;charset=utf-8');
    expect(body['date_created']).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
    expect(body['num_segments']).toBe('1');
  });

  it('reaches the phone: queued, then sent, then delivered', async () => {
    const { sid } = await send();
    const seen = new Set<string>();
    await until('the message is delivered', async () => {
      const { status } = await client.messages(sid).fetch();
      seen.add(status);
      return status === 'delivered';
    });
    const order = ['queued', 'sending', 'sent', 'delivered'];
    expect([...seen]).toEqual(order.filter((status) => seen.has(status)));
    expect((await client.messages(sid).fetch()).dateSent).toBeInstanceOf(Date);
  });

  it('works through a messaging service, which has yet to choose the sender', async () => {
    const message = await send({ from: undefined, messagingServiceSid: `MG${'1'.repeat(32)}` });
    expect(message).toMatchObject({ status: 'accepted', from: null });
    const later = await until('a sender is chosen', async () => {
      const now = await client.messages(message.sid).fetch();
      return now.from ? now : undefined;
    });
    expect(later.from).toBe(FROM);
  });

  it('accepts a sender id of letters, an API key, and a smart encoding', async () => {
    expect(await send({ from: 'Wattline' })).toMatchObject({ from: 'Wattline' });
    const byKey = clientWith('SK1', 'key secret', { accountSid: ACCOUNT.accountSid });
    await expect(byKey.messages.create({ to: CUSTOMER, from: FROM, body: 'x' })).resolves.toBeDefined();
    expect(await send({ body: 'it’s', smartEncoded: true })).toMatchObject({ body: "it's" });
  });

  it.each([
    ['a wrong token', () => clientWith(ACCOUNT.accountSid, 'wrong')],
    ['another account', () => clientWith(`AC${'b'.repeat(32)}`, ACCOUNT.authToken)],
  ])('is refused for %s', async (_, make) => {
    const attempt = make().messages.create({ to: CUSTOMER, from: FROM, body: 'x' });
    await expect(attempt).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  it.each([
    ['a number that is none', { to: '0788123456' }, 21211],
    ['a sender that is none', { from: '+++' }, 21212],
    ['no sender', { from: undefined }, 21603],
    ['no body', { body: undefined }, 21602],
    ['an empty body', { body: '' }, 21602],
    ['a body of 1601 letters', { body: 'a'.repeat(1601) }, 21617],
    ['a relative callback', { statusCallback: '/status' }, 21609],
    ['a callback host with an underscore', { statusCallback: 'http://my_host/status' }, 21609],
    ['an unknown service', { from: undefined, messagingServiceSid: 'MG1' }, 21701],
    ['a validity of two days', { validityPeriod: 172_800 }, 20001],
  ])('is refused for %s, and nothing is accepted', async (_, over, code) => {
    expect(await refusal(over)).toMatchObject({
      status: 400,
      code,
      moreInfo: `https://www.twilio.com/docs/errors/${code}`,
    });
  });

  it.each([
    ['+15005550001', 21211],
    ['+15005550002', 21612],
    ['+15005550003', 21408],
    ['+15005550004', 21610],
    ['+15005550009', 21614],
    ['+15005551201', 21211],
    ['+15005551210', 21610],
  ])('to the test number %s is refused with %i', async (to, code) => {
    expect(await refusal({ to })).toMatchObject({ status: 400, code });
  });

  it.each([
    ['+15005550001', 21212],
    ['+15005550007', 21606],
    ['+15005550008', 21611],
  ])('from the test number %s is refused with %i', async (from, code) => {
    expect(await refusal({ from })).toMatchObject({ status: 400, code });
  });

  it('to an ordinary number with a magic ending succeeds', async () => {
    for (const to of ['+250788123401', '+2348010000050', '+15015550110']) {
      await expect(send({ to })).resolves.toMatchObject({ to });
    }
  });
});

describe('the text of a delivered SMS', () => {
  const delivered = async () => {
    const { sid } = await send();
    await until('it is delivered', async () => (await client.messages(sid).fetch()).status === 'delivered');
    return sid;
  };

  it('can be redacted at Twilio, and stays on the phone', async () => {
    const sid = await delivered();
    expect(await client.messages(sid).update({ body: '' })).toMatchObject({
      sid,
      body: '',
      numSegments: '1',
    });
    expect((await client.messages(sid).fetch()).body).toBe('');
    const phone = await fetch(`${simulators.url}/phones/${encodeURIComponent(CUSTOMER)}/messages`);
    const { items } = (await phone.json()) as { items: { sid: string; body: string }[] };
    expect(items.find((item) => item.sid === sid)?.body).toBe('Token: 1234');
  });

  it('can be emptied only', async () => {
    const sid = await delivered();
    await expect(client.messages(sid).update({ body: 'other' })).rejects.toMatchObject({ code: 20001 });
    await expect(client.messages(sid).update({ status: 'canceled' })).rejects.toMatchObject({ code: 30409 });
  });

  it('goes with the message when that is deleted', async () => {
    const sid = await delivered();
    expect(await client.messages(sid).remove()).toBe(true);
    await expect(client.messages(sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    const listed = await client.messages.list({ to: CUSTOMER });
    expect(listed.map((message) => message.sid)).not.toContain(sid);
  });

  it('of a stranger’s sid is not found', async () => {
    await expect(client.messages(`SM${'f'.repeat(32)}`).fetch()).rejects.toMatchObject({ status: 404 });
  });
});
