import { connect } from 'node:net';
import { isId } from '#kernel';
import { CALLER_HEADER, readCaller, signCaller } from '#service-host';
import { ApiClient, type Answer, type Json, startTestService, type TestService } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, type PlayedService, playService, somebody } from '../testing/outside.js';
import { FORWARDED_ROUTES } from './routes.js';

const SERVICES = ['billing', 'wallet', 'payment', 'notification'] as const; // nobody plays audit
type Played = (typeof SERVICES)[number];

let played: Record<Played, PlayedService>;
let gateway: TestService<GatewaySettings>;
let api: ApiClient;
let amina: { user: { id: string }; accessToken: string };
let mine: ApiClient;

beforeAll(async () => {
  const started = await Promise.all(SERVICES.map(async (name) => [name, await playService()] as const));
  played = Object.fromEntries(started) as typeof played;
  gateway = await startTestService(gatewayService, { environment: await gatewayEnvironment(played) });
  api = new ApiClient(gateway.running.url);
  amina = (await api.post('/api/auth/register', somebody())).body;
  mine = api.with({ authorization: `Bearer ${amina.accessToken}` });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all(SERVICES.map((name) => played[name].close()));
});
beforeEach(() => {
  for (const name of SERVICES) {
    played[name].received.length = 0;
    played[name].answer({ body: {} });
  }
});

const callerOf = (service: Played) =>
  readCaller(
    String(played[service].last().headers[CALLER_HEADER]),
    gateway.running.parts.settings.INTERNAL_SECRET,
    Date.now(),
  );
const outcome = ({ status, body }: Answer) => [status, body.code];
const heardNothing = () => SERVICES.every((name) => played[name].received.length === 0);

test.each<[string, string, Played, string?]>([
  ['POST', '/api/bills', 'billing'],
  ['GET', '/api/bills?status=unpaid&limit=5', 'billing'],
  ['PATCH', '/api/bills/0193b5a0-0000-7000-8000-000000000001', 'billing'],
  ['POST', '/api/bills/0193b5a0-0000-7000-8000-000000000001/cancel', 'billing'],
  ['POST', '/api/electricity/verify', 'billing'],
  ['GET', '/api/wallet', 'wallet'],
  ['GET', '/api/wallets/0193b5a0-0000-7000-8000-000000000001', 'wallet'],
  ['GET', '/api/wallets/0193b5a0-0000-7000-8000-000000000001/entries?cursor=a%2Fb', 'wallet'],
  ['POST', '/api/wallets/0193b5a0-0000-7000-8000-000000000001/add-funds', 'payment'],
  ['POST', '/api/transfers', 'payment'],
  ['POST', '/api/payments', 'payment'],
  ['GET', '/api/payments/0193b5a0-0000-7000-8000-000000000001/timeline', 'payment'],
  ['POST', '/api/vend/0193b5a0-0000-7000-8000-000000000001/pay', 'payment'],
  [
    'POST',
    '/api/Vend/0193b5a0-0000-7000-8000-000000000001/pay?x=/api/Vend/',
    'payment',
    '/api/vend/0193b5a0-0000-7000-8000-000000000001/pay?x=/api/Vend/',
  ],
  ['GET', '/api/notifications', 'notification'],
])('%s %s is for %s', async (method, path, service, arrives = path) => {
  const { status } = await mine.call(method, path, method === 'GET' ? undefined : { amount: 5 });
  expect(status).toBe(200);
  expect(played[service].received).toHaveLength(1);
  expect(played[service].last()).toMatchObject({ method, path: arrives });
});

test('the service learns who asks, signed, and under which correlation id and trace', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const { headers } = await mine.get('/api/wallet', { 'x-correlation-id': 'my-shop-17', traceparent });
  const caller = { kind: 'user', userId: amina.user.id, role: 'household' };
  expect(callerOf('wallet')).toEqual({ ...caller, correlationId: 'my-shop-17', traceparent });
  expect(played.wallet.last().headers).toMatchObject({ 'x-correlation-id': 'my-shop-17', traceparent });
  expect(headers.get('x-correlation-id')).toBe('my-shop-17');
});

test('a request without a correlation id gets one, the same for the service and the answer', async () => {
  const { headers } = await mine.get('/api/wallet');
  expect(isId(headers.get('x-correlation-id'))).toBe(true);
  expect(callerOf('wallet')!.correlationId).toBe(headers.get('x-correlation-id'));
});

test('the access token and whatever else came from outside stays at the gateway', async () => {
  await mine.get('/api/wallet', { cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', 'x-anything': 'x' });
  const { headers } = played.wallet.last();
  for (const name of ['authorization', 'cookie', 'x-forwarded-for', 'x-anything', 'user-agent']) {
    expect(headers[name]).toBeUndefined();
  }
});

test('a caller that somebody signed outside is replaced, and without a token worth nothing', async () => {
  const { INTERNAL_SECRET } = gateway.running.parts.settings;
  const operator = { kind: 'user', userId: amina.user.id, role: 'operator', correlationId: 'x' } as const;
  const forged = { [CALLER_HEADER]: signCaller(operator, INTERNAL_SECRET, Date.now()) };
  await mine.get('/api/wallet', forged);
  expect(callerOf('wallet')).toMatchObject({ role: 'household' });
  played.wallet.received.length = 0;
  expect(outcome(await api.get('/api/wallet', forged))).toEqual([401, 'unauthorized']);
  await api.post('/api/webhooks/twilio', 'a=b', {
    ...forged,
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(played.notification.last().headers[CALLER_HEADER]).toBeUndefined();
  expect(played.wallet.received).toHaveLength(0);
});

test.each([
  [
    'JSON with blanks, repeated members and big numbers',
    '{ "amount" : 1.10,\n "amount":"2", "n": 12345678901234567890 }',
  ],
  ['broken JSON', '{"amount": '],
  ['no JSON at all', 'ünïcödé \u0000 bytes'],
  ['a prototype', '{"__proto__":{"role":"operator"}}'],
])('a body goes on byte for byte: %s', async (_, body) => {
  await mine.post('/api/payments', body, { 'content-type': 'application/json', 'idempotency-key': '"k 1"' });
  const { body: arrived, headers } = played.payment.last();
  expect(arrived.equals(Buffer.from(body))).toBe(true);
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': '"k 1"' });
});

test('the answer comes back as it was given, without what is for the inside', async () => {
  const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe]);
  played.payment.answer({
    status: 202,
    headers: {
      'content-type': 'application/pdf',
      'retry-after': '3',
      location: '/api/payments/7',
      'idempotency-replayed': 'true',
      'x-secret-of-the-service': 'x',
      'set-cookie': 'a=b',
    },
    body: bytes,
  });
  const answer = await fetch(`${gateway.running.url}/api/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${amina.accessToken}` },
  });
  expect(answer.status).toBe(202);
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  const told = (name: string) => answer.headers.get(name);
  expect([told('content-type'), told('retry-after'), told('location'), told('idempotency-replayed')]).toEqual(
    ['application/pdf', '3', '/api/payments/7', 'true'],
  );
  expect([told('x-secret-of-the-service'), told('set-cookie')]).toEqual([null, null]);
});

test('a problem of a service is the problem of the gateway, an empty answer stays empty', async () => {
  const problem = { type: 'x', title: 'x', status: 409, code: 'bill_not_payable', instance: '/api/bills/1' };
  played.billing.answer({
    status: 409,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  });
  const refused = await mine.patch('/api/bills/1', {});
  expect([refused.status, refused.body]).toEqual([409, problem]);
  played.billing.answer({ status: 204 });
  const empty = await mine.delete('/api/bills/1');
  expect([empty.status, empty.body, empty.headers.get('content-type')]).toEqual([204, '', null]);
});

test('every forwarded route but the webhooks wants a sign-in', async () => {
  for (const { path, open } of FORWARDED_ROUTES) {
    if (open) continue;
    const url = path.replace(/:\w+/g, '1').replace('*', '1');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expect([path, ...outcome(await api.call(method, url))]).toEqual([path, 401, 'unauthorized']);
    }
  }
  expect(heardNothing()).toBe(true);
});

test("Twilio's report arrives as the form that was signed, from whoever sent it", async () => {
  const form = 'MessageSid=SM1&MessageStatus=delivered&Body=a+b%20c';
  const { status } = await api.post('/api/webhooks/twilio?bodySHA256=1', form, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': 'c2lnbmVk',
  });
  expect(status).toBe(200);
  const { path, body, headers } = played.notification.last();
  expect([path, body.toString()]).toEqual(['/api/webhooks/twilio?bodySHA256=1', form]);
  expect(headers).toMatchObject({
    'x-twilio-signature': 'c2lnbmVk',
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(headers[CALLER_HEADER]).toBeUndefined();
});

test('a service that is away is a 503 that says when to come back; the others go on', async () => {
  const { status, body, headers } = await mine.get('/api/audit/verify');
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(JSON.stringify(body)).not.toMatch(/ECONN|127\.0\.0\.1|at .*\.ts/);
  expect((await mine.get('/api/wallet')).status).toBe(200);
});

test('a service that does not answer in time is a 503 too', async () => {
  played.wallet.answer({ after: 6_500, body: {} });
  expect(outcome(await mine.get('/api/wallet'))).toEqual([503, 'unavailable']);
});

test.each([
  '/api/nothing',
  '/api/wallets',
  '/api/wallets/1/other',
  '/api/bill',
  '/api/',
  '/internal/nothing',
  '/%zz',
  '/nothing',
])('nobody answers %s: a problem, with a correlation id', async (path) => {
  const { status, body, headers } = await mine.get(path);
  expect([400, 404]).toContain(status);
  expect(body).toMatchObject({ status, code: status === 404 ? 'not_found' : 'validation_failed' });
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(isId(headers.get('x-correlation-id'))).toBe(true);
});

test.each([
  '/api/bills/../../internal/claims',
  '/api/bills/..%2f..%2finternal/bills/1',
  '/api/bills/%2e%2e/%2e%2e/internal/ops/queue',
  '/api/bills/.%2E/internal',
  '/api/bills/..',
])('no path leads behind the gateway: %s', async (path) => {
  const status = await rawGet(path);
  expect(status).toBe(404);
  expect(heardNothing()).toBe(true);
});

test('a body above the limit is a 413 problem and goes nowhere', async () => {
  const answer = await mine.post('/api/payments', 'x'.repeat(65 * 1024));
  expect(outcome(answer)).toEqual([413, 'payload_too_large']);
  expect(heardNothing()).toBe(true);
});

test('a hundred requests are with a service at once, and each gets its own answer', async () => {
  let arrived = 0;
  let allArrived = () => {};
  const when = new Promise<void>((resolve) => (allArrived = resolve));
  played.billing.answer(({ path }) => {
    if (++arrived === 100) allArrived();
    return { body: { path }, when };
  });
  const paths = Array.from({ length: 100 }, (_, i) => `/api/bills/${i}`);
  const answers: Json[] = await Promise.all(paths.map((path) => mine.get(path)));
  expect(answers.map(({ body }) => body.path)).toEqual(paths);
});

/** A path as it stands: fetch would resolve its dots. */
function rawGet(path: string): Promise<number> {
  const { hostname, port } = new URL(gateway.running.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${amina.accessToken}\r\nconnection: close\r\n\r\n`,
      ),
    );
    socket.once('data', (data) => {
      resolve(Number(data.toString().split(' ')[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
