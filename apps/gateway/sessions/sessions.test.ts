import { createHmac } from 'node:crypto';
import { FakeClock, newId } from '#kernel';
import { ApiClient, type Answer, startTestService, type TestService } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, JWT_SECRET, somebody } from '../testing/outside.js';
import { PurgeSessions } from './purge-sessions.js';

const clock = new FakeClock();
let gateway: TestService<GatewaySettings>;
let api: ApiClient;

beforeAll(async () => {
  gateway = await startTestService(gatewayService, { environment: await gatewayEnvironment(), clock });
  api = new ApiClient(gateway.running.url);
});
afterAll(() => gateway.stop());

const signIn = async () => (await api.post('/api/auth/register', somebody())).body;
const profile = (accessToken: string) => api.get('/api/profile', { authorization: `Bearer ${accessToken}` });
const refresh = (refreshToken: string) => api.post('/api/auth/refresh', { refreshToken });
const logout = (accessToken: string) =>
  api.post('/api/auth/logout', undefined, { authorization: `Bearer ${accessToken}` });
const outcome = ({ status, body }: Answer) => [status, body.code];
const DEAD = [401, 'unauthorized'];
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

test('login opens another session beside the first; ending one leaves the other', async () => {
  const person = somebody();
  const first = (await api.post('/api/auth/register', person)).body;
  const second = await api.post('/api/auth/login', { phone: person.phone, password: person.password });
  expect(second.status).toBe(200);
  expect(second.body).toMatchObject({ user: first.user, wallet: first.wallet, expiresIn: 3600 });
  expect((await logout(first.accessToken)).status).toBe(204);
  expect((await profile(second.body.accessToken)).status).toBe(200);
});

test('logout kills the access token at once, although it was just used, and the refresh token', async () => {
  const { accessToken, refreshToken } = await signIn();
  expect((await profile(accessToken)).status).toBe(200);
  const answer = await logout(accessToken);
  expect([answer.status, answer.body]).toEqual([204, '']);
  expect(outcome(await profile(accessToken))).toEqual(DEAD);
  expect(outcome(await refresh(refreshToken))).toEqual(DEAD);
  expect(outcome(await logout(accessToken))).toEqual(DEAD);
});

test('a session that another gateway ended is dead here two seconds later', async () => {
  const { accessToken } = await signIn();
  await profile(accessToken);
  await gateway.database.rows(`UPDATE gateway.sessions SET revoked_at = now() WHERE user_id IS NOT NULL`);
  clock.advance(2 * SECOND);
  expect(outcome(await profile(accessToken))).toEqual(DEAD);
});

test('a hundred requests of one person at once ask for the session together', async () => {
  const { accessToken } = await signIn();
  const answers = await Promise.all(Array.from({ length: 100 }, () => profile(accessToken)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test('a refresh gives a new pair, again and again', async () => {
  let pair = await signIn();
  for (let i = 0; i < 3; i++) {
    clock.advance(HOUR / 2);
    const { status, body } = await refresh(pair.refreshToken);
    expect(status).toBe(200);
    expect(body.refreshToken).not.toBe(pair.refreshToken);
    expect(body.user).toEqual(pair.user);
    expect((await profile(body.accessToken)).status).toBe(200);
    pair = body;
  }
});

test('two tabs may refresh with one token within ten seconds, also at the same moment', async () => {
  const { refreshToken } = await signIn();
  const both = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  clock.advance(9 * SECOND);
  const late = await refresh(refreshToken);
  expect(late.status).toBe(200);
  for (const { body } of [...both, late]) {
    expect((await profile(body.accessToken)).status).toBe(200);
    expect((await refresh(body.refreshToken)).status).toBe(200);
  }
});

test('an old refresh token that comes back ends the whole family, its access tokens at once', async () => {
  const stolen = await signIn();
  const owner = (await refresh(stolen.refreshToken)).body;
  expect((await profile(owner.accessToken)).status).toBe(200);
  clock.advance(11 * SECOND);
  expect(outcome(await refresh(stolen.refreshToken))).toEqual(DEAD);
  expect(outcome(await profile(owner.accessToken))).toEqual(DEAD);
  expect(outcome(await refresh(owner.refreshToken))).toEqual(DEAD);
  const [session] = await gateway.database.rows(
    'SELECT revoked_why FROM gateway.sessions WHERE user_id = $1',
    [stolen.user.id],
  );
  expect(session).toEqual({ revoked_why: 'reuse' });
});

test.each(['', 'x', 'a'.repeat(43)])('%p is no refresh token', async (token) => {
  expect(outcome(await refresh(token))).toEqual(DEAD);
});

test('a refresh token is nowhere in the database', async () => {
  const { refreshToken, user } = await signIn();
  const rows = await gateway.database.rows(
    'SELECT t.* FROM gateway.refresh_tokens t JOIN gateway.sessions s ON s.id = t.session_id WHERE s.user_id = $1',
    [user.id],
  );
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(refreshToken);
});

test('an access token lives for one hour', async () => {
  const { accessToken } = await signIn();
  clock.advance(HOUR - SECOND);
  expect((await profile(accessToken)).status).toBe(200);
  clock.advance(SECOND);
  expect(outcome(await profile(accessToken))).toEqual(DEAD);
});

test('a session ends after thirty days, however often it was refreshed, and is then deleted', async () => {
  const pair = await signIn();
  clock.advance(29 * DAY);
  const later = (await refresh(pair.refreshToken)).body;
  clock.advance(DAY);
  expect(outcome(await profile(later.accessToken))).toEqual(DEAD);
  expect(outcome(await refresh(later.refreshToken))).toEqual(DEAD);
  const fresh = await signIn();
  await gateway.running.app.get(PurgeSessions).run();
  const left = await gateway.database.rows(
    'SELECT user_id FROM gateway.sessions WHERE id IN (SELECT session_id FROM gateway.refresh_tokens)',
  );
  expect(left).toEqual([{ user_id: fresh.user.id }]);
});

describe('a token that is not ours is refused', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = (header: object, claims: object, key: string, hash = 'sha256') => {
    const text = `${part(header)}.${part(claims)}`;
    return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
  };
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  let good: Record<string, unknown>;

  beforeAll(async () => {
    const { accessToken } = await signIn();
    good = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
    expect((await profile(signed(HS256, good, JWT_SECRET))).status).toBe(200); // so the forgeries below differ in one thing
  });

  test.each<[string, () => string]>([
    ['the algorithm none', () => `${part({ alg: 'none' })}.${part(good)}.`],
    ['the algorithm none with a signature', () => signed({ alg: 'none' }, good, JWT_SECRET)],
    ['another algorithm of the right key', () => signed({ alg: 'HS512' }, good, JWT_SECRET, 'sha512')],
    ['a foreign key', () => signed(HS256, good, 'x'.repeat(40))],
    ['no key', () => signed(HS256, good, '')],
    ['another issuer', () => signed(HS256, { ...good, iss: 'other' }, JWT_SECRET)],
    ['another audience', () => signed(HS256, { ...good, aud: 'other' }, JWT_SECRET)],
    ['no expiry', () => signed(HS256, { ...good, exp: undefined }, JWT_SECRET)],
    ['an expiry that is no number', () => signed(HS256, { ...good, exp: '9999999999' }, JWT_SECRET)],
    ['a role that does not exist', () => signed(HS256, { ...good, role: 'root' }, JWT_SECRET)],
    ['a session that does not exist', () => signed(HS256, { ...good, sid: newId() }, JWT_SECRET)],
    ['a session that is no id', () => signed(HS256, { ...good, sid: "' OR true --" }, JWT_SECRET)],
    ['no signature', () => signed(HS256, good, JWT_SECRET).replace(/[^.]+$/, '')],
    ['something else', () => 'not.a.token'],
    ['nothing', () => ''],
  ])('%s', async (_, token) => {
    expect(outcome(await profile(token()))).toEqual(DEAD);
  });

  test('a changed role', async () => {
    const [header, , signature] = signed(HS256, good, JWT_SECRET).split('.');
    expect(outcome(await profile(`${header}.${part({ ...good, role: 'operator' })}.${signature}`))).toEqual(
      DEAD,
    );
  });

  test('another scheme', async () => {
    const { accessToken } = await signIn();
    expect(outcome(await api.get('/api/profile', { authorization: `Basic ${accessToken}` }))).toEqual(DEAD);
    expect(outcome(await api.get('/api/profile'))).toEqual(DEAD);
  });

  test('a signed caller from outside is not looked at', async () => {
    const { user } = await signIn();
    expect(outcome(await gateway.as(user.id).get('/api/profile'))).toEqual(DEAD);
  });
});
