import twilio, { type Twilio } from 'twilio';
import { startSimulators, type Simulators } from '../index.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
const FROM = '+15005550006';
const CUSTOMER = '+250788123456';

let simulators: Simulators;
let client: Twilio;
/** What the die shows next. */
const rolls: number[] = [];

beforeAll(async () => {
  const random = () => rolls.shift() ?? 0;
  simulators = await startSimulators({ port: 0, twilio: { ...ACCOUNT, random } });
  client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken);
  client.api.baseUrl = `${simulators.url}/twilio`;
});
afterEach(() => simulators.twilio.faults.clear());
afterAll(() => simulators.close());

const send = (over: object = {}) => client.messages.create({ to: CUSTOMER, from: FROM, body: 'x', ...over });
const lastRequest = () => simulators.twilio.log.requests.latest(1)[0]!.entry;

async function order(fault: object): Promise<Response> {
  return fetch(`${simulators.url}/twilio/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
}

describe('the menu of faults', () => {
  it('names every fault, what is ordered now, and how often it struck', async () => {
    await order({ fault: '429', times: 3 });
    await send().catch(() => undefined);
    const menu = (await (await fetch(`${simulators.url}/twilio/faults`)).json()) as {
      menu: Record<string, string>;
      faults: unknown[];
    };
    expect(Object.keys(menu.menu)).toEqual(
      expect.arrayContaining(['429', '5xx', 'accept-then-drop', 'drop-before-accept', 'slow']),
    );
    expect(menu.faults).toEqual([expect.objectContaining({ fault: '429', times: 3, struck: 1, on: 'send' })]);
  });

  it('an order strikes once unless it says more, and is cancelled by DELETE', async () => {
    await order({ fault: '5xx' });
    await expect(send()).rejects.toMatchObject({ status: 503 });
    await expect(send()).resolves.toBeDefined();
    await order({ fault: '5xx', times: 9 });
    expect((await fetch(`${simulators.url}/twilio/faults`, { method: 'DELETE' })).status).toBe(204);
    await expect(send()).resolves.toBeDefined();
  });

  it('one of several orders is cancelled by its id', async () => {
    const { id } = (await (await order({ fault: '5xx', times: 9 })).json()) as { id: number };
    expect((await fetch(`${simulators.url}/twilio/faults/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${simulators.url}/twilio/faults/${id}`, { method: 'DELETE' })).status).toBe(404);
    await expect(send()).resolves.toBeDefined();
  });

  it('an order with a rate strikes as the die falls, until it is cancelled', async () => {
    await order({ fault: '5xx', rate: 0.25 });
    rolls.push(0.24, 0.25, 0.9, 0.1);
    const outcomes = [];
    for (let n = 0; n < 4; n++)
      outcomes.push(
        await send().then(
          () => 201,
          (error: { status: number }) => error.status,
        ),
      );
    expect(outcomes).toEqual([503, 201, 201, 503]);
    rolls.length = 0;
  });

  it('an order for one number leaves the others in peace', async () => {
    for (const to of [CUSTOMER, 250788123456]) {
      await order({ fault: '5xx', to });
      await expect(send({ to: '+250788999999' })).resolves.toBeDefined();
      await expect(send()).rejects.toMatchObject({ status: 503 });
      expect(lastRequest()).toMatchObject({ fault: '5xx', to: CUSTOMER, outcome: 503, code: 20503 });
    }
  });

  it.each([
    [{ fault: 'earthquake' }, 'fault must be one of'],
    [{}, 'fault must be one of'],
    [{ fault: '429', times: 0 }, 'times must be'],
    [{ fault: '429', rate: 2 }, 'rate must be'],
    [{ fault: '429', latency: 5 }, 'latency is not known'],
    [{ fault: '429', on: 'sunday' }, 'on must be one of send, read, any'],
    [[], 'JSON object'],
  ])('refuses %j and says why', async (fault, reason) => {
    const answer = await order(fault);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(reason);
  });
});
