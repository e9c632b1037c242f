import twilio, { type Twilio } from 'twilio';
import { startSimulators, type Simulators } from '../index.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
const FROM = '+15005550006';
const CUSTOMER = '+250788123456';

let simulators: Simulators;
let client: Twilio;

beforeAll(async () => {
  simulators = await startSimulators({ port: 0, twilio: ACCOUNT });
  client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken);
  client.api.baseUrl = `${simulators.url}/twilio`;
});
afterAll(() => simulators.close());

const send = (over: object = {}) => client.messages.create({ to: CUSTOMER, from: FROM, body: 'x', ...over });
const accepted = () => simulators.twilio.messages.accepted;

describe('the log of the simulator', () => {
  it('holds every accepted message once, with its text and where its callbacks go', async () => {
    const statusCallback = 'http://127.0.0.1:1/status?m=77';
    const { sid } = await send({ body: 'for the log', statusCallback });
    await send({ to: 'nobody' }).catch(() => undefined);
    const log = (await (await fetch(`${simulators.url}/twilio/log`)).json()) as Record<string, unknown[]>;
    expect(log['accepted']).toBe(accepted());
    const mine = { sid, to: CUSTOMER, body: 'for the log', segments: 1, encoding: 'GSM-7', statusCallback };
    expect(log['messages']!.filter((message) => (message as { sid: string }).sid === sid)).toEqual([
      expect.objectContaining(mine),
    ]);
    expect(log['requests']!.slice(-2)).toEqual([
      expect.objectContaining({ method: 'POST', outcome: 201, sid, to: CUSTOMER }),
      expect.objectContaining({ method: 'POST', outcome: 400, code: 21211, to: 'nobody' }),
    ]);
  });

  it('is read in order from any number on', async () => {
    const { accepted: seen } = simulators.twilio.messages;
    await send({ body: 'one' });
    await send({ body: 'two' });
    const read = async (after: number) =>
      (await (await fetch(`${simulators.url}/twilio/log/messages?after=${after}&limit=1`)).json()) as {
        items: { body: string }[];
        next: number;
        more: boolean;
      };
    const first = await read(seen);
    expect(first).toMatchObject({ items: [{ body: 'one' }], more: true, missed: 0 });
    expect(await read(first.next)).toMatchObject({ items: [{ body: 'two' }], more: false });
  });

  it('holds what Twilio would have answered to a body it cannot read', async () => {
    const path = `/twilio/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json`;
    const authorization = `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)}`;
    const post = async (contentType: string, body: string) => {
      const headers = { authorization, 'content-type': contentType };
      const answer = await fetch(simulators.url + path, { method: 'POST', headers, body });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    const form = 'application/x-www-form-urlencoded';
    expect(await post('text/csv', 'To;Body')).toMatchObject({ status: 415, code: 20001 });
    expect(await post(form, `Body=${'a'.repeat(70_000)}`)).toMatchObject({ status: 413, code: 20001 });
    expect(await post(form, 'To=%ZZ&From=%2B15005550006&Body=x')).toMatchObject({ status: 400, code: 21211 });
    const outcomes = simulators.twilio.log.requests.latest(3).map(({ entry }) => entry.outcome);
    expect(outcomes).toEqual([415, 413, 400]);
  });
});
