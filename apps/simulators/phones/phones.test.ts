import twilio, { type Twilio } from 'twilio';
import { startSimulators, type PhoneItem, type PhoneSummary, type Simulators } from '../index.js';
import { until } from '../testing/until.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
const FROM = '+15005550006';

let simulators: Simulators;
let client: Twilio;

beforeAll(async () => {
  simulators = await startSimulators({ port: 0, twilio: { ...ACCOUNT, stepMs: 20 } });
  client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken);
  client.api.baseUrl = `${simulators.url}/twilio`;
});
afterAll(() => simulators.close());

const send = (to: string, body: string) => client.messages.create({ to, from: FROM, body });

async function messagesOf(msisdn: string): Promise<PhoneItem[]> {
  const answer = await fetch(`${simulators.url}/phones/${msisdn}/messages`);
  return ((await answer.json()) as { items: PhoneItem[] }).items;
}

/** Reads server-sent events until it has enough. */
async function* events(): AsyncGenerator<{ event: string; items: PhoneItem[] }> {
  const answer = await fetch(`${simulators.url}/phones/stream`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const event = /^event: (.*)$/m.exec(part)?.[1];
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (event && data) yield { event, items: JSON.parse(data) as PhoneItem[] };
    }
  }
}

describe('a phone', () => {
  it('holds what it received, newest first, with or without the plus', async () => {
    const first = await send('+250788000001', 'Your balance is RWF 500');
    const second = await send('+250788000001', 'Token: 1234-5678-9012-3456-7890');
    for (const written of ['+250788000001', '250788000001', '%2B250788000001']) {
      const items = await messagesOf(written);
      expect(items.map(({ sid }) => sid)).toEqual([second.sid, first.sid]);
    }
    expect((await messagesOf('250788000001'))[0]).toEqual({
      sid: second.sid,
      to: '+250788000001',
      from: FROM,
      body: 'Token: 1234-5678-9012-3456-7890',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      status: expect.stringMatching(/queued|sending|sent|delivered/),
    });
  });

  it('that never rang has no messages, and what is no number is no phone', async () => {
    expect(await messagesOf('250788999999')).toEqual([]);
    expect((await fetch(`${simulators.url}/phones/nobody/messages`)).status).toBe(400);
  });

  it('says what became of a text', async () => {
    await send('+15005551203', 'the phone is off');
    await until(
      'the carrier reported',
      async () => (await messagesOf('15005551203'))[0]?.status === 'undelivered',
    );
  });

  it('is listed with how often it rang, the latest first', async () => {
    await send('+250788000002', 'one');
    await send('+250788000003', 'two');
    await send('+250788000002', 'three');
    const { items } = (await (await fetch(`${simulators.url}/phones?limit=2`)).json()) as {
      items: PhoneSummary[];
    };
    expect(items).toMatchObject([
      { msisdn: '+250788000002', count: 2 },
      { msisdn: '+250788000003', count: 1 },
    ]);
  });
});

describe('the page of phones', () => {
  it('is one file that loads and runs nothing else', async () => {
    const answer = await fetch(simulators.url);
    const html = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'sha256-/);
    expect(html).not.toMatch(/(src|href)="https?:|@import|url\((?!data:)/);
    expect(html).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
  });

  it('sees what was there, then each text as it comes and as its status changes', async () => {
    await send('+250788000004', 'before anybody looked');
    const seen: string[] = [];
    for await (const { event, items } of events()) {
      if (event === 'snapshot') {
        expect(items.map(({ body }) => body)).toContain('before anybody looked');
        await send('+250788000004', '<script>alert(1)</script> & line\nbreak');
        continue;
      }
      const mine = items.filter(({ body }) => body === '<script>alert(1)</script> & line\nbreak');
      seen.push(...mine.map(({ status }) => status));
      if (seen.at(-1) === 'delivered') break;
    }
    expect(seen.length).toBeGreaterThan(0);
  });
});

describe('a phone that writes to the service', () => {
  it('says so where no number takes SMS, and refuses what is no text', async () => {
    const post = (body: object) =>
      fetch(`${simulators.url}/phones/+250788000001/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post({ body: 'TOKEN' })).status).toBe(409);
    expect((await post({ body: '' })).status).toBe(400);
    expect((await post({ body: 'TOKEN', copies: 99 })).status).toBe(400);
  });
});
