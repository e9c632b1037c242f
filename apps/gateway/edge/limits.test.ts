import { SUBSCRIPTIONS } from '#contracts';
import { EmbeddedBus } from '#messaging';
import { forgetAttempts, runService } from '#service-host';
import { ApiClient, type Answer, startTestService, type TestService, until } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, type PlayedService, playService, somebody } from '../testing/outside.js';

let wallet: PlayedService;
const started: TestService<GatewaySettings>[] = [];

beforeAll(async () => {
  wallet = await playService();
});
afterAll(async () => {
  for (const gateway of started) await gateway.stop();
  await wallet.close();
});

async function gatewayWith(environment: Record<string, string>): Promise<ApiClient> {
  const base = await gatewayEnvironment({ wallet, notification: wallet });
  const gateway = await startTestService(gatewayService, { environment: { ...base, ...environment } });
  started.push(gateway);
  return new ApiClient(gateway.running.url);
}

const outcome = ({ status, body }: Answer) => [status, body.code];

describe('signing in', () => {
  let api: ApiClient;
  const login = (phone: string, password = 'a wrong password') =>
    api.post('/api/auth/login', { phone, password });

  beforeAll(async () => {
    api = await gatewayWith({ LOGIN_ATTEMPTS: '3', LOGIN_ATTEMPTS_PER_ADDRESS: '40' });
  });

  test('a wrong password, an unknown phone and no phone at all are one answer', async () => {
    const person = somebody();
    await api.post('/api/auth/register', person);
    const answers = [await login(person.phone), await login('+2348031119999'), await login('nobody')];
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body).toMatchObject({ code: 'invalid_credentials', title: 'Phone or password is wrong' });
      expect({ ...body, traceId: '' }).toEqual({ ...answers[0]!.body, traceId: '' });
    }
  });

  test('an unknown phone takes as long as a wrong password', async () => {
    const person = somebody();
    await api.post('/api/auth/register', person);
    const time = async (phone: string) => {
      const before = performance.now();
      await login(phone);
      return performance.now() - before;
    };
    // The least of several, in turn: whatever else the machine does hits both.
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3; round++) {
      known.push(await time(person.phone));
      unknown.push(await time(`+234803111888${round}`));
    }
    // A refusal without hashing would take a tenth of it.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 4);
  });

  test('after three wrong passwords a phone rests, also with the right one, however it is written', async () => {
    const person = somebody();
    await api.post('/api/auth/register', person);
    const wrong = await Promise.all(Array.from({ length: 6 }, () => login(person.phone)));
    expect(wrong.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429, 429, 429]);
    const right = await login(`0${person.phone.slice(4)}`, person.password);
    expect(outcome(right)).toEqual([429, 'rate_limited']);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(Number(right.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    const somebodyElse = somebody();
    await api.post('/api/auth/register', somebodyElse);
    expect((await login(somebodyElse.phone, somebodyElse.password)).status).toBe(200);
  });

  test('the right password takes the wrong ones back', async () => {
    const person = somebody();
    await api.post('/api/auth/register', person);
    for (let round = 0; round < 3; round++) {
      expect((await login(person.phone)).status).toBe(401);
      expect((await login(person.phone, person.password)).status).toBe(200);
    }
  });

  test('who tries one password with many phones rests by their address', async () => {
    const answers: Answer[] = [];
    for (let i = 0; i < 45; i++) answers.push(await login(`+23480311100${i + 10}`));
    expect(answers.at(-1)!.status).toBe(429);
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThan(40);
  });
});

test('an address that is made up in a header is not believed', async () => {
  const api = await gatewayWith({ LOGIN_ATTEMPTS_PER_ADDRESS: '2', TRUSTED_PROXIES: '10.0.0.0/8' });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) {
    const body = { phone: `+234803111000${i}`, password: 'a wrong password' };
    const answer = await api.post('/api/auth/login', body, { 'x-forwarded-for': `203.0.113.${i}` });
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([401, 401, 429, 429]);
});

test('two gateways on one database grant no more than one, and nobody can read there who tried', async () => {
  const environment = await gatewayEnvironment({ wallet, notification: wallet });
  const limits = { LOGIN_ATTEMPTS: '4', REGISTRATIONS_PER_ADDRESS: '3' };
  const first = await startTestService(gatewayService, { environment: { ...environment, ...limits } });
  started.push(first);
  const { DATABASE_URL, INTERNAL_SECRET } = first.running.parts.settings;
  const second = await runService(gatewayService, {
    environment: {
      ...environment,
      ...limits,
      DATABASE_URL,
      INTERNAL_SECRET,
      PORT: '0',
      LOG_LEVEL: 'silent',
    },
    transport: new EmbeddedBus(SUBSCRIPTIONS).transport(),
  });
  try {
    const gateways = [new ApiClient(first.running.url), new ApiClient(second.url)];
    const person = somebody();
    const registered = [];
    for (const i of [0, 1, 0, 1]) {
      registered.push(
        await gateways[i]!.post('/api/auth/register', i + registered.length ? somebody() : person),
      );
    }
    expect(registered.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
    const guesses = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        gateways[i % 2]!.post('/api/auth/login', { phone: person.phone, password: 'a wrong password' }),
      ),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(4);
    for (const gateway of gateways)
      expect(
        (await gateway.post('/api/auth/login', { phone: person.phone, password: person.password })).status,
      ).not.toBe(200);
    const rows = await first.database.rows('SELECT * FROM gateway.attempts');
    expect(rows.length).toBeGreaterThan(2);
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${person.phone.slice(-8)}|127\\.0\\.0\\.1`));
    await forgetAttempts(first.running.parts.dataSource, new Date(Date.now() + 3_601_000));
    expect(await first.database.rows('SELECT * FROM gateway.attempts')).toEqual([]);
  } finally {
    await second.close();
  }
});

test('registrations of one address are counted', async () => {
  const api = await gatewayWith({ REGISTRATIONS_PER_ADDRESS: '2' });
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await api.post('/api/auth/register', somebody()));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 429]);
});

test('each person has a rate of their own, and whoever is not signed in that of the address', async () => {
  const api = await gatewayWith({ RATE_LIMIT_PER_MINUTE: '10' });
  const [amina, chidi] = await Promise.all(
    [1, 2].map(async () => (await api.post('/api/auth/register', somebody())).body),
  );
  const as = ({ accessToken }: { accessToken: string }) =>
    api.with({ authorization: `Bearer ${accessToken}` });
  const answers = await Promise.all(Array.from({ length: 15 }, () => as(amina).get('/api/wallet')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  const refused = answers.find(({ status }) => status === 429)!;
  expect(refused.body.code).toBe('rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('x-correlation-id')).toBeTruthy();
  expect((await as(chidi).get('/api/wallet')).status).toBe(200);
  const strangers = await Promise.all(Array.from({ length: 15 }, () => api.get('/api/nothing')));
  expect(strangers.filter(({ status }) => status === 404)).toHaveLength(8); // two were used to register
  expect((await api.get('/health/live')).status).toBe(200);
  const reports = await Promise.all(
    Array.from({ length: 15 }, () => api.post('/api/webhooks/twilio', 'a=b')),
  );
  expect(new Set(reports.map(({ status }) => status))).toEqual(new Set([200]));
});

test('what is above the limit of requests under way is refused at once, and room is free again afterwards', async () => {
  const api = await gatewayWith({ MAX_IN_FLIGHT: '5' });
  const { accessToken } = (await api.post('/api/auth/register', somebody())).body;
  const mine = api.with({ authorization: `Bearer ${accessToken}` });
  wallet.received.length = 0;
  wallet.answer({ after: 300, body: {} });
  const waiting = Array.from({ length: 5 }, () => mine.get('/api/wallet'));
  await until('five are under way', () => wallet.received.length === 5);
  const refused = await mine.get('/api/wallet');
  expect([...outcome(refused), refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  expect((await api.get('/health/live')).status).toBe(200);
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  wallet.answer({ body: {} });
  expect((await mine.get('/api/wallet')).status).toBe(200);
});

test('who hangs up in the middle leaves no place taken', async () => {
  const api = await gatewayWith({ MAX_IN_FLIGHT: '2' });
  const { accessToken } = (await api.post('/api/auth/register', somebody())).body;
  const headers = { authorization: `Bearer ${accessToken}` };
  wallet.answer({ after: 200, body: {} });
  for (let i = 0; i < 4; i++) {
    const hangUp = new AbortController();
    wallet.received.length = 0;
    const request = fetch(`${api.url}/api/wallet`, { headers, signal: hangUp.signal }).catch(() => undefined);
    await until('it arrived', () => wallet.received.length === 1);
    hangUp.abort();
    await request;
  }
  wallet.answer({ body: {} });
  expect((await api.get('/api/wallet', headers)).status).toBe(200);
});

describe('headers', () => {
  test('every answer forbids to be framed, sniffed or run scripts from elsewhere', async () => {
    const api = await gatewayWith({});
    for (const path of ['/', '/docs', '/api/profile', '/api/wallet', '/nothing']) {
      const { headers } = await api.get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('a browser app on another host may call when it was named', async () => {
    const api = await gatewayWith({ CORS_ORIGINS: 'https://pay.example.org, https://other.example.org' });
    const preflight = (origin: string) =>
      api.call('OPTIONS', '/api/payments', undefined, {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,idempotency-key',
      });
    const allowed = await preflight('https://pay.example.org');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://pay.example.org');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(
      (await preflight('https://evil.example.org')).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const answer = await api.get('/api/wallet', { origin: 'https://pay.example.org' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://pay.example.org');
    expect(answer.headers.get('access-control-expose-headers')).toContain('idempotency-replayed');
  });
});

describe('what cannot be read is a problem that names nothing inside', () => {
  let api: ApiClient;
  beforeAll(async () => {
    api = await gatewayWith({});
  });

  test.each([
    ['broken JSON', '{"phone":', 'application/json', 400, 'validation_failed'],
    ['a list', '[]', 'application/json', 400, 'validation_failed'],
    ['text', '"x"', 'application/json', 400, 'validation_failed'],
    ['null', 'null', 'application/json', 400, 'validation_failed'],
    ['XML', '<a/>', 'application/xml', 415, 'unsupported_media_type'],
    [
      'a poisoned prototype',
      '{"__proto__":{"a":1},"phone":"x","password":"y"}',
      'application/json',
      400,
      'validation_failed',
    ],
    ['too much', `{"phone":"${'x'.repeat(70_000)}"}`, 'application/json', 413, 'payload_too_large'],
  ])('%s', async (_, body, type, status, code) => {
    const answer = await api.post('/api/auth/login', body, { 'content-type': type });
    expect(outcome(answer)).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('x-correlation-id')).toBeTruthy();
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|SyntaxError|position/);
  });
});
