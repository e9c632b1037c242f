import { newId, unwrap } from '#kernel';
import { CALLER_HEADER, readCaller } from '#service-host';
import { ApiClient, type Json, startTestService, type TestService } from '#testing';
import { createOperator, gatewayService, type GatewaySettings } from '../index.js';
import {
  freePort,
  gatewayEnvironment,
  type PlayedService,
  playService,
  somebody,
} from '../testing/outside.js';

let billing: PlayedService;
let wallet: PlayedService;
let payment: PlayedService;
let gateway: TestService<GatewaySettings>;
let api: ApiClient;
let household: Json;
let operator: Json;

const queue = (service: string) => ({
  service,
  outbox: { waiting: 2, oldestSeconds: 1 },
  inbox: { retry: 1, dead: 1 },
  effects: { waiting: 3, unknown: 0 },
  handled: { perSecond: 1, lagSeconds: 0 },
  queued: 4,
});
const dead = (service: string, receivedAt: string) => ({
  id: newId(),
  service,
  type: 'bill_created',
  receivedAt,
  attempts: 5,
  error: 'x',
  correlationId: null,
  payload: {},
  history: [],
});

beforeAll(async () => {
  [billing, wallet, payment] = await Promise.all([playService(), playService(), playService()]);
  const port = await freePort();
  const environment = await gatewayEnvironment({ billing, wallet, payment }); // notification and audit are away
  gateway = await startTestService(gatewayService, {
    environment: { ...environment, PORT: String(port), GATEWAY_URL: `http://127.0.0.1:${port}` },
  });
  api = new ApiClient(gateway.running.url);
  household = (await api.post('/api/auth/register', somebody())).body;
  const person = somebody();
  unwrap(await createOperator(gateway.running, person));
  operator = (await api.post('/api/auth/login', { phone: person.phone, password: person.password })).body;
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([billing, wallet, payment].map((service) => service.close()));
});
beforeEach(() => {
  for (const service of [billing, wallet, payment]) service.received.length = 0;
});

const as = (person: Json) => api.with({ authorization: `Bearer ${person.accessToken}` });
const secret = () => gateway.running.parts.settings.INTERNAL_SECRET;
const callerAt = (service: PlayedService) =>
  readCaller(String(service.last().headers[CALLER_HEADER]), secret(), Date.now());

test('an operator sees what waits in every service, this one included, and who does not answer', async () => {
  billing.answer({ body: queue('billing') });
  wallet.answer({ body: queue('wallet') });
  payment.answer({ status: 500, body: {} });
  const { status, body } = await as(operator).get('/api/ops/queues');
  expect(status).toBe(200);
  const of = Object.fromEntries(body.items.map((it: Json) => [it.service, it]));
  expect(Object.keys(of).sort()).toEqual([
    'audit',
    'billing',
    'gateway',
    'notification',
    'payment',
    'wallet',
  ]);
  expect(of.billing).toEqual({ reachable: true, ...queue('billing') });
  expect(of.gateway).toMatchObject({ reachable: true, inbox: { retry: 0, dead: 0 } });
  for (const service of ['audit', 'notification', 'payment'])
    expect(of[service]).toEqual({ reachable: false, service });
  expect(callerAt(billing)).toMatchObject({ kind: 'service', service: 'gateway' });
});

test('dead letters of all services come newest first', async () => {
  billing.answer({
    body: [dead('billing', '2026-01-03T00:00:00.000Z'), dead('billing', '2026-01-01T00:00:00.000Z')],
  });
  wallet.answer({ body: [dead('wallet', '2026-01-02T00:00:00.000Z')] });
  payment.answer({ body: [] });
  const { body } = await as(operator).get('/api/ops/dead-letters');
  expect(body.items.map((it: Json) => [it.service, it.receivedAt.slice(0, 10)])).toEqual([
    ['billing', '2026-01-03'],
    ['wallet', '2026-01-02'],
    ['billing', '2026-01-01'],
  ]);
  expect(body.nextCursor).toBeNull();
  expect(body.unreachable.sort()).toEqual(['audit', 'notification']);
});

test.each(['/api/ops/queues', '/api/ops/dead-letters'])('%s is for operators alone', async (path) => {
  expect((await api.get(path)).status).toBe(401);
  const { status, body } = await as(household).get(path);
  expect([status, body.code]).toEqual([403, 'forbidden']);
});

test('the gateway tells its own queue to services only', async () => {
  expect((await gateway.asService('audit').get('/internal/ops/queue')).body).toMatchObject({
    service: 'gateway',
  });
  expect((await as(operator).get('/internal/ops/queue')).status).toBe(401);
});

describe('the short names', () => {
  test('/create is the registration', async () => {
    const person = somebody();
    const { status, body } = await api.post('/create', person);
    expect(status).toBe(201);
    expect((await as(body).get('/api/profile')).body.phone).toBe(person.phone);
    expect((await api.post('/create', person)).status).toBe(409);
    expect((await api.post('/create', { ...somebody(), role: 'operator' })).status).toBe(400);
  });

  test('/pay is a transfer to the wallet of that person, under the same key', async () => {
    payment.answer({
      status: 202,
      headers: { 'idempotency-replayed': 'true' },
      body: { id: 'p1', status: 'PENDING' },
    });
    const toUserId = newId();
    const answer = await as(household).post(
      '/pay',
      { toUserId, amount: '12.50' },
      { 'idempotency-key': 'k-1' },
    );
    expect([answer.status, answer.body]).toEqual([202, { id: 'p1', status: 'PENDING' }]);
    expect(answer.headers.get('idempotency-replayed')).toBe('true');
    const { method, path, headers, body } = payment.last();
    expect([method, path, headers['idempotency-key']]).toEqual(['POST', '/api/transfers', 'k-1']);
    expect(JSON.parse(body.toString())).toEqual({ toWalletId: toUserId, amount: '12.50' });
    expect(callerAt(payment)).toMatchObject({ kind: 'user', userId: household.user.id, role: 'household' });
  });

  test('/pay takes a reference in the body as well, and needs one of the two', async () => {
    payment.answer({ status: 202, body: {} });
    const transfer = { toUserId: newId(), amount: 5 };
    await as(household).post('/pay', { ...transfer, requestReference: 'r-1', note: 'rent' });
    expect(JSON.parse(payment.last().body.toString())).toEqual({
      toWalletId: transfer.toUserId,
      amount: 5,
      note: 'rent',
      requestReference: 'r-1',
    });
    payment.received.length = 0;
    const without = await as(household).post('/pay', transfer);
    expect([without.status, without.body.code]).toEqual([400, 'idempotency_key_required']);
    expect((await api.post('/pay', transfer, { 'idempotency-key': 'k' })).status).toBe(401);
    for (const wrong of [
      { amount: 5 },
      { ...transfer, toUserId: '1' },
      { toUserId: newId() },
      { ...transfer, from: newId() },
    ]) {
      expect((await as(household).post('/pay', wrong, { 'idempotency-key': 'k' })).status).toBe(400);
    }
    expect(payment.received).toHaveLength(0);
  });

  test('/balance tells one their own, and an operator everybody’s', async () => {
    const balance = { amount: '1250.00', currency: 'NGN' };
    const available = { amount: '1000.00', currency: 'NGN' };
    wallet.answer(({ path }) =>
      path.endsWith('/nobody') ? { status: 404, body: {} } : { body: { id: 'w', balance, available } },
    );
    const path = `/balance/${household.user.id}`;
    const told = { userId: household.user.id, balance: '1250.00', available: '1000.00', currency: 'NGN' };
    expect((await as(household).get(path)).body).toEqual(told);
    expect(wallet.last().path).toBe('/api/wallet');
    expect((await as(operator).get(path)).body).toEqual(told);
    expect(wallet.last().path).toBe(`/api/wallets/${household.user.id}`);
    wallet.received.length = 0;
    for (const other of [operator.user.id, newId(), '1', '..%2f..']) {
      const { status, body } = await as(household).get(`/balance/${other}`);
      expect([status, body.code]).toEqual([404, 'not_found']);
    }
    expect(wallet.received).toHaveLength(0);
    wallet.answer({ status: 404, body: {} });
    expect((await as(operator).get(`/balance/${newId()}`)).status).toBe(404);
    expect((await api.get(path)).status).toBe(401);
  });

  test('/status tells everybody how the system is, once in two seconds, and no secret', async () => {
    billing.answer({ body: queue('billing') });
    wallet.answer({ body: queue('wallet') });
    payment.answer({ status: 500, body: {} });
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.get('/status')));
    const { status, body } = answers[0]!;
    expect([status, body.status]).toEqual([200, 'degraded']);
    expect(body.services).toContainEqual({ name: 'billing', status: 'up' });
    expect(body.services).toContainEqual({ name: 'audit', status: 'away' });
    expect(body.queues).toContainEqual({ service: 'billing', waiting: 9, retrying: 1, dead: 1 });
    expect(billing.received).toHaveLength(1);
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|postgres|secret/i);
  });
});
