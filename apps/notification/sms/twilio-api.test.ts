import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '#kernel';
import { until } from '#testing';
import type { NotificationSettings } from '../notification-settings.js';
import { Refused, TwilioApi } from './twilio-api.js';

/** What stands where Twilio should be: answers whatever the test says. */
let answer: (response: ServerResponse, request: IncomingMessage) => void;
let server: Server;
let api: TwilioApi;
let paths: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    paths.push(`${request.headers.host} ${request.url}`);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = {
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'a token of the tests',
    TWILIO_FROM: '+15005550006',
    TWILIO_STATUS_CALLBACK_URL: '',
    TWILIO_API_BASE_URL: `http://127.0.0.1:${port}`,
    SMS_TIMEOUT_MS: 300,
  };
  api = new TwilioApi(settings as NotificationSettings, new FakeClock());
});
afterAll(async () => {
  await api.onModuleDestroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  paths = [];
});

const message = {
  sid: 'SM1',
  num_segments: '1',
  status: 'queued',
  body: 'x',
  date_created: 'Sat, 28 Nov 2026 07:00:00 +0000',
};
const json =
  (status: number, body: unknown) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const send = () => api.send('m', '+2348035550001', 'hello', new AbortController().signal);

/** What a call threw; it says nothing about whether Twilio has the message unless it is `Refused`. */
async function thrown(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value: unknown) => `came back with ${JSON.stringify(value)}`,
    (error: unknown) => error,
  );
}

test('an answer of Twilio is a message', async () => {
  answer = json(201, message);
  expect(await send()).toEqual({ sid: 'SM1', segments: 1, status: 'queued' });
});

test.each<[string, (response: ServerResponse) => void]>([
  ['three megabytes', json(201, { ...message, body: 'x'.repeat(3_000_000) })],
  [
    'megabytes that never end',
    (response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
  ],
  ['nothing', () => undefined],
  ['a beginning, and then nothing', (response) => void response.writeHead(201).write('{"sid":')],
  ['a page of HTML', (response) => void response.writeHead(200).end('<html>hello</html>')],
  ['a list', json(201, [])],
  ['a number', json(201, 5)],
  ['null', json(201, null)],
  ['no sid', json(201, { ...message, sid: undefined })],
  ['a sid that is a number', json(201, { ...message, sid: 5 })],
  ['a sid that is an object', json(201, { ...message, sid: { a: 1 } })],
])('an answer that is %s leaves the outcome open, and ends', async (_what, behaviour) => {
  answer = behaviour;
  const error = await thrown(send());
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(Refused);
});

test.each<[string, object]>([
  ['a status that is an object', { ...message, status: { a: 1 } }],
  ['no status', { ...message, status: undefined }],
])('of a message that Twilio took, %s is no status', async (_what, body) => {
  answer = json(201, body);
  expect(await send()).toMatchObject({ sid: 'SM1', status: '' });
  answer = json(200, body);
  expect(await thrown(api.read('SM1', new AbortController().signal))).toBeInstanceOf(Error);
});

test('a list that is none, or whose members are not messages, is no answer to whether Twilio has one', async () => {
  const list = async () => {
    const found = [];
    for await (const page of api.sentTo('+2348035550001', new Date(0), new AbortController().signal))
      found.push(page);
    return found;
  };
  for (const body of [
    { messages: 'none' },
    {},
    { messages: [5] },
    { messages: [{ ...message, body: 7 }] },
    { messages: [{ ...message, date_created: 'yesterday' }] },
    { messages: [{ ...message, sid: null }] },
  ]) {
    answer = json(200, body);
    const outcome = await thrown(list());
    expect([JSON.stringify(body), outcome instanceof Error]).toEqual([JSON.stringify(body), true]);
  }
});

test('a next page on another host is asked for at Twilio: the token goes nowhere else', async () => {
  const elsewhere = { next_page_uri: 'http://169.254.169.254/latest/meta-data' };
  answer = (response, { url }) =>
    json(200, { messages: [message], ...(!url?.includes('latest') && elsewhere) })(response);
  const pages = api.sentTo('+2348035550001', new Date(0), new AbortController().signal);
  await thrown(
    (async () => {
      for await (const page of pages) expect(page).toHaveLength(1);
    })(),
  );
  await until('it was asked', () => paths.length > 0);
  expect(paths.every((path) => path.startsWith('127.0.0.1'))).toBe(true);
});
