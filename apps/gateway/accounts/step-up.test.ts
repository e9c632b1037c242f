import { FakeClock } from '#kernel';
import { CALLER_HEADER, readCaller } from '#service-host';
import { ApiClient, type Json, startTestService, type TestService } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, type PlayedService, playService, somebody } from '../testing/outside.js';

const MINUTE = 60_000;
const clock = new FakeClock();
let payments: PlayedService;
let gateway: TestService<GatewaySettings>;
let api: ApiClient;

beforeAll(async () => {
  payments = await playService();
  gateway = await startTestService(gatewayService, {
    environment: { ...(await gatewayEnvironment({ payment: payments })), LOGIN_ATTEMPTS: '3' },
    clock,
  });
  api = new ApiClient(gateway.running.url);
});
afterAll(async () => {
  await gateway.stop();
  await payments.close();
});

interface SignedIn {
  me: ApiClient;
  person: ReturnType<typeof somebody>;
  accessToken: string;
}

const as = (token: string) => api.with({ authorization: `Bearer ${token}` });
async function signedIn(): Promise<SignedIn> {
  const person = somebody();
  const { accessToken } = (await api.post('/api/auth/register', person)).body;
  return { me: as(accessToken), person, accessToken };
}

/** Whether the payment service, asked with these headers, is told that the password was given again. */
async function isProved(client: ApiClient, headers: Record<string, string> = {}): Promise<boolean> {
  await client.post('/api/transfers', {}, headers);
  const { INTERNAL_SECRET } = gateway.running.parts.settings;
  const signed = String(payments.last().headers[CALLER_HEADER]);
  const caller: Json = readCaller(signed, INTERNAL_SECRET, clock.now().getTime());
  expect(caller.kind).toBe('user');
  expect(payments.last().headers['x-step-up']).toBeUndefined();
  return caller.steppedUp === true;
}

async function prove({ me, person }: SignedIn): Promise<{ 'x-step-up': string }> {
  const { status, body } = await me.post('/api/auth/step-up', { password: person.password });
  expect([status, body.expiresIn]).toEqual([200, 300]);
  return { 'x-step-up': body.stepUpToken };
}

test('the right password proves the session for five minutes, and the services are told', async () => {
  const somebody = await signedIn();
  expect(await isProved(somebody.me)).toBe(false);
  const proof = await prove(somebody);
  expect(await isProved(somebody.me, proof)).toBe(true);
  expect(await isProved(somebody.me)).toBe(false); // it is the header that proves, each time
  clock.advance(5 * MINUTE - 1_000);
  expect(await isProved(somebody.me, proof)).toBe(true);
  clock.advance(1_000);
  expect(await isProved(somebody.me, proof)).toBe(false);
});

test('a proof is of one session alone: not of another person, nor of another sign-in of the same', async () => {
  const [amina, chidi] = [await signedIn(), await signedIn()];
  const proof = await prove(amina);
  expect(await isProved(chidi.me, proof)).toBe(false);
  const { phone, password } = amina.person;
  const elsewhere = await api.post('/api/auth/login', { phone, password });
  expect(await isProved(as(elsewhere.body.accessToken), proof)).toBe(false);
});

test('neither token is good for the other, and what was made up or changed proves nothing', async () => {
  const somebody = await signedIn();
  const { 'x-step-up': token } = await prove(somebody);
  expect((await as(token).get('/api/profile')).status).toBe(401);
  for (const wrong of [
    somebody.accessToken,
    `${token.slice(0, -4)}AAAA`,
    'true',
    '',
    'eyJhbGciOiJub25lIn0.e30.',
  ]) {
    expect([wrong, await isProved(somebody.me, { 'x-step-up': wrong })]).toEqual([wrong, false]);
  }
});

test('the password is guessed here no more often than at the sign-in', async () => {
  const { me, person } = await signedIn();
  const guesses = [];
  for (let i = 0; i < 4; i++) guesses.push(await me.post('/api/auth/step-up', { password: 'a guess' }));
  expect(guesses.map(({ body }) => body.code)).toEqual([
    'invalid_credentials',
    'invalid_credentials',
    'invalid_credentials',
    'rate_limited',
  ]);
  expect((await me.post('/api/auth/step-up', { password: person.password })).status).toBe(429);
});

test('an API key has no session to prove: the route is closed to it, and another’s proof is not looked at', async () => {
  const somebody = await signedIn();
  const { key } = (await somebody.me.post('/api/api-keys', { name: 'till', scopes: ['payments:write'] }))
    .body;
  const proof = await prove(somebody);
  expect((await as(key).post('/api/auth/step-up', { password: somebody.person.password })).status).toBe(403);
  expect(await isProved(as(key), proof)).toBe(false);
});
