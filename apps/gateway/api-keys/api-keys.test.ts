import { FakeClock } from '#kernel';
import { CALLER_HEADER, readCaller } from '#service-host';
import { type Answer, ApiClient, startTestService, type TestService, until } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, type PlayedService, playService, somebody } from '../testing/outside.js';

const clock = new FakeClock();
let billing: PlayedService;
let gateway: TestService<GatewaySettings>;
let api: ApiClient;

beforeAll(async () => {
  billing = await playService();
  gateway = await startTestService(gatewayService, {
    environment: await gatewayEnvironment({ billing }),
    clock,
  });
  api = new ApiClient(gateway.running.url);
});
afterAll(async () => {
  await gateway.stop();
  await billing.close();
});

const outcome = ({ status, body }: Answer) => [status, body.code];
const bearer = (token: string) => api.with({ authorization: `Bearer ${token}` });

async function signUp() {
  const { body } = await api.post('/api/auth/register', somebody());
  return { id: body.user.id as string, api: bearer(body.accessToken) };
}

async function makeKey(owner: { api: ApiClient }, scopes: string[] = ['bills:read']) {
  const { status, body } = await owner.api.post('/api/api-keys', { name: 'our books', scopes });
  expect(status).toBe(201);
  return { ...body, use: bearer(body.key) };
}

test('a key is 256 bits, shown once, and rests as a hash', async () => {
  const owner = await signUp();
  const { key, use: _, ...view } = await makeKey(owner, ['bills:read', 'webhooks', 'bills:read']);
  expect(key).toMatch(/^wl_[A-Za-z0-9_-]{43}$/);
  expect(view).toMatchObject({
    name: 'our books',
    scopes: ['bills:read', 'webhooks'],
    prefix: key.slice(0, 11),
  });
  expect((await owner.api.get('/api/api-keys')).body).toEqual({ items: [view], nextCursor: null });
  expect((await owner.api.get(`/api/api-keys/${view.id}`)).body).toEqual(view);
  const rows = await gateway.database.rows('SELECT * FROM gateway.api_keys');
  expect(JSON.stringify(rows)).not.toContain(key);
});

test('a request with a key is its owner’s, within its scopes', async () => {
  const owner = await signUp();
  const key = await makeKey(owner, ['bills:read']);
  expect((await key.use.get('/api/bills')).status).toBe(200);
  const { INTERNAL_SECRET } = gateway.running.parts.settings;
  const header = String(billing.last().headers[CALLER_HEADER]);
  expect(readCaller(header, INTERNAL_SECRET, clock.now().getTime())).toMatchObject({
    kind: 'user',
    userId: owner.id,
    role: 'household',
  });
  const before = billing.received.length;
  const refused = await key.use.post('/api/bills', {});
  expect([...outcome(refused), refused.body.detail]).toEqual([
    403,
    'forbidden',
    'the key needs the scope bills:write',
  ]);
  expect(billing.received).toHaveLength(before);
});

test('a key cannot make, see or delete keys, nor touch the account or the session', async () => {
  const owner = await signUp();
  const key = await makeKey(owner, ['bills:write', 'payments:write', 'wallet:read', 'webhooks']);
  const answers = [
    await key.use.post('/api/api-keys', { name: 'more', scopes: ['bills:read'] }),
    await key.use.get('/api/api-keys'),
    await key.use.delete(`/api/api-keys/${key.id}`),
    await key.use.get('/api/profile'),
    await key.use.patch('/api/profile', { name: 'Somebody Else' }),
    await key.use.post('/api/auth/logout'),
    await key.use.get('/api/ops/queues'),
    await key.use.get('/api/notifications'),
  ];
  expect(answers.map(outcome)).toEqual(answers.map(() => [403, 'forbidden']));
});

test('a deleted key is dead at once, although it was just used', async () => {
  const owner = await signUp();
  const key = await makeKey(owner);
  expect((await key.use.get('/api/bills')).status).toBe(200);
  expect((await owner.api.delete(`/api/api-keys/${key.id}`)).status).toBe(204);
  expect(outcome(await key.use.get('/api/bills'))).toEqual([401, 'unauthorized']);
  expect(outcome(await owner.api.delete(`/api/api-keys/${key.id}`))).toEqual([404, 'not_found']);
});

test('a key that was deleted while fifty requests were under way is dead for the next one', async () => {
  const owner = await signUp();
  const key = await makeKey(owner);
  const used = Promise.all(Array.from({ length: 50 }, () => key.use.get('/api/bills')));
  const deleted = owner.api.delete(`/api/api-keys/${key.id}`);
  const statuses = (await used).map(({ status }) => status);
  expect((await deleted).status).toBe(204);
  expect(statuses.every((status) => status === 200 || status === 401)).toBe(true);
  expect((await key.use.get('/api/bills')).status).toBe(401);
});

test('a key that another gateway deleted is dead here two seconds later', async () => {
  const key = await makeKey(await signUp());
  await key.use.get('/api/bills');
  await gateway.database.rows('DELETE FROM gateway.api_keys WHERE id = $1', [key.id]);
  expect((await key.use.get('/api/bills')).status).toBe(200);
  clock.advance(2_000);
  expect((await key.use.get('/api/bills')).status).toBe(401);
});

test('the last use is noted, at most once a minute', async () => {
  const owner = await signUp();
  const key = await makeKey(owner);
  const lastUse = async () => (await owner.api.get(`/api/api-keys/${key.id}`)).body.lastUsedAt as string;
  expect(await lastUse()).toBeUndefined();
  const first = clock.now().toISOString();
  await key.use.get('/api/bills');
  await until('it is noted', async () => (await lastUse()) === first);
  clock.advance(59_000);
  await key.use.get('/api/bills');
  clock.advance(1_000);
  expect(await lastUse()).toBe(first);
  const second = clock.now().toISOString();
  await key.use.get('/api/bills');
  await until('the later one is noted', async () => (await lastUse()) === second);
});

test.each([
  'wl_',
  `wl_${'A'.repeat(43)}`,
  `wl_${'A'.repeat(42)}`,
  `wl_${'A'.repeat(500)}`,
  `WL_${'A'.repeat(43)}`,
  "wl_' OR 1=1 --",
])('%p is no key', async (text) => {
  expect(outcome(await bearer(text).get('/api/bills'))).toEqual([401, 'unauthorized']);
});

test.each<[object, string]>([
  [{ name: 'x' }, '#/scopes'],
  [{ name: 'x', scopes: [] }, '#/scopes'],
  [{ name: 'x', scopes: ['everything'] }, '#/scopes'],
  [{ name: 'x', scopes: 'bills:read' }, '#/scopes'],
  [{ name: '', scopes: ['bills:read'] }, '#/name'],
  [{ name: 'two\nlines', scopes: ['bills:read'] }, '#/name'],
  [{ name: 'x', scopes: ['bills:read'], key: 'wl_mine' }, '#/key'],
])('%p is refused', async (body, pointer) => {
  const { status, body: problem } = await (await signUp()).api.post('/api/api-keys', body);
  expect([status, problem.errors?.[0]?.pointer]).toEqual([400, pointer]);
});

test('nobody sees or deletes another’s key', async () => {
  const [owner, stranger] = [await signUp(), await signUp()];
  const key = await makeKey(owner);
  expect(outcome(await stranger.api.get(`/api/api-keys/${key.id}`))).toEqual([404, 'not_found']);
  expect(outcome(await stranger.api.delete(`/api/api-keys/${key.id}`))).toEqual([404, 'not_found']);
  expect((await stranger.api.get('/api/api-keys')).body.items).toEqual([]);
  expect((await key.use.get('/api/bills')).status).toBe(200);
});
