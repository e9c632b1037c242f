import { PasswordChanged, PasswordResetRequested, type Envelope } from '#contracts';
import { FakeClock } from '#kernel';
import { unseal } from '#service-host';
import { type Answer, ApiClient, startTestService, type TestService, until } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { CONTACT_SECRET, gatewayEnvironment, somebody } from '../testing/outside.js';
import { RequestPasswordReset } from './request-password-reset.js';

const clock = new FakeClock();
let gateway: TestService<GatewaySettings>;
let api: ApiClient;

beforeAll(async () => {
  const environment = { ...(await gatewayEnvironment()), LOGIN_ATTEMPTS_PER_ADDRESS: '1000' };
  gateway = await startTestService(gatewayService, { environment, clock });
  api = new ApiClient(gateway.running.url);
});
afterAll(() => gateway.stop());

const MINUTE = 60_000;
const NEW = 'a new long password';
const WRONG = [400, 'reset_code_invalid'];
const outcome = ({ status, body }: Answer) => [status, body.code];
const ask = (phone: string) => api.post('/api/auth/password-reset', { phone });
const confirm = (phone: string, code: string, password = NEW) =>
  api.post('/api/auth/password-reset/confirm', { phone, code, password });
const login = (phone: string, password: string) => api.post('/api/auth/login', { phone, password });

async function newPerson() {
  const person = somebody();
  const { body } = await api.post('/api/auth/register', person);
  return { ...person, id: body.user.id as string, session: body };
}

/** The codes that the person was sent, the oldest first. An event that is published twice is one code. */
function codesOf(userId: string): string[] {
  const events = new Map(gateway.published.map((it) => [it.id, it]));
  return [...events.values()]
    .filter((it) => it.type === 'wattline.password_reset_requested.v1' && it.subject === userId)
    .map((it) =>
      unseal((it as Envelope<{ sealedCode: string }>).data.sealedCode, CONTACT_SECRET, 'reset code'),
    );
}

async function newCode({ phone, id }: { phone: string; id: string }): Promise<string> {
  const before = codesOf(id).length;
  expect((await ask(phone)).status).toBe(202);
  await until('a code is sent', () => codesOf(id).length > before);
  return codesOf(id).at(-1)!;
}

const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

test('with the code of the SMS one sets a new password, once, and every session ends at once', async () => {
  const person = await newPerson();
  const second = (await login(person.phone, person.password)).body;
  const mine = (token: string) => api.get('/api/profile', { authorization: `Bearer ${token}` });
  expect((await mine(second.accessToken)).status).toBe(200);
  const code = await newCode(person);
  expect(code).toMatch(/^\d{6}$/);
  const done = await confirm(person.phone, code);
  expect([done.status, done.body]).toEqual([204, '']);
  for (const { accessToken, refreshToken } of [person.session, second]) {
    expect((await mine(accessToken)).status).toBe(401);
    expect((await api.post('/api/auth/refresh', { refreshToken })).status).toBe(401);
  }
  expect(outcome(await login(person.phone, person.password))).toEqual([401, 'invalid_credentials']);
  expect((await login(person.phone, NEW)).status).toBe(200);
  await gateway.untilPublished(PasswordChanged, person.id);
  expect(outcome(await confirm(person.phone, code))).toEqual(WRONG);
});

test('the code is readable neither in the event nor in the database', async () => {
  const person = await newPerson();
  const code = await newCode(person);
  const event = await gateway.untilPublished(PasswordResetRequested, person.id);
  expect(Object.keys(event.data).sort()).toEqual(['expiresAt', 'sealedCode', 'userId']);
  expect(() => unseal(event.data.sealedCode, 'x'.repeat(32), 'reset code')).toThrow();
  const rows = await gateway.database.rows(
    'SELECT code_hash FROM gateway.password_resets WHERE user_id = $1',
    [person.id],
  );
  expect(JSON.stringify([rows, event.data.sealedCode])).not.toContain(code);
});

test('a code lives ten minutes', async () => {
  const [quick, slow] = [await newPerson(), await newPerson()];
  const codes = [await newCode(quick), await newCode(slow)];
  clock.advance(10 * MINUTE - 1);
  expect((await confirm(quick.phone, codes[0]!)).status).toBe(204);
  clock.advance(1);
  expect(outcome(await confirm(slow.phone, codes[1]!))).toEqual(WRONG);
});

test('a new code kills the old one', async () => {
  const person = await newPerson();
  const [old, fresh] = [await newCode(person), await newCode(person)];
  if (old !== fresh) expect(outcome(await confirm(person.phone, old))).toEqual(WRONG);
  expect((await confirm(person.phone, fresh)).status).toBe(204);
});

test('after five wrong tries the right code is wrong too, also when twenty try at once', async () => {
  const [slow, fast, careful] = [await newPerson(), await newPerson(), await newPerson()];
  const code = await newCode(slow);
  for (let i = 0; i < 5; i++) expect(outcome(await confirm(slow.phone, otherThan(code)))).toEqual(WRONG);
  expect(outcome(await confirm(slow.phone, code))).toEqual(WRONG);

  const other = await newCode(fast);
  await Promise.all(Array.from({ length: 20 }, () => confirm(fast.phone, otherThan(other))));
  expect(outcome(await confirm(fast.phone, other))).toEqual(WRONG);
  const [row] = await gateway.database.rows('SELECT tries FROM gateway.password_resets WHERE user_id = $1', [
    fast.id,
  ]);
  expect(row).toEqual({ tries: 5 });

  const third = await newCode(careful);
  for (let i = 0; i < 4; i++) await confirm(careful.phone, otherThan(third));
  expect((await confirm(careful.phone, third)).status).toBe(204);
});

test('of twenty who use one code at once, one succeeds', async () => {
  const person = await newPerson();
  const code = await newCode(person);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => confirm(person.phone, code, `password number ${i}`)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(19).fill(400)]);
});

test('a phone gets three codes in an hour; whoever asks more hears the same', async () => {
  const person = await newPerson();
  const phone = person.phone;
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(phone)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  await settled();
  await until('three codes are sent', () => codesOf(person.id).length === 3);
  clock.advance(59 * MINUTE);
  await ask(phone);
  await settled();
  expect(codesOf(person.id)).toHaveLength(3);
  clock.advance(2 * MINUTE);
  await newCode(person);
  expect(codesOf(person.id)).toHaveLength(4);
});

/** Whatever was asked for has been worked off. */
async function settled(): Promise<void> {
  await gateway.running.app.get(RequestPasswordReset).onModuleDestroy();
}

test('nothing tells whether a phone is known', async () => {
  const { phone } = await newPerson();
  const published = gateway.published.length;
  const answers = await Promise.all([phone, '+2348039990000', 'not a phone', ''].map(ask));
  const seen = answers.map(({ status, body, headers }) => [status, body, headers.get('content-length')]);
  expect(new Set(seen.map((it) => JSON.stringify(it))).size).toBe(1);
  const guesses = await Promise.all(
    [phone, '+2348039990000', 'not a phone'].map((it) => confirm(it, '123456')),
  );
  expect(guesses.map(({ body }) => [body.code, body.detail])).toEqual(
    Array(3).fill(['reset_code_invalid', undefined]),
  );
  await settled();
  await until('the one code is sent', () => gateway.published.length > published);
});

test('the answer does not wait until it is known whose phone it is', async () => {
  const { phone, id } = await newPerson();
  const lock = gateway.running.parts.dataSource.createQueryRunner();
  await lock.startTransaction();
  try {
    await lock.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [id]);
    expect((await ask(phone)).status).toBe(202);
  } finally {
    await lock.rollbackTransaction();
    await lock.release();
  }
  await until('the code is sent after all', () => codesOf(id).length === 1);
});

test('a weak password is refused, and the code stays good', async () => {
  const person = await newPerson();
  const code = await newCode(person);
  const weak = await confirm(person.phone, code, 'short');
  expect([...outcome(weak), weak.body.errors[0].pointer]).toEqual([400, 'validation_failed', '#/password']);
  expect((await confirm(person.phone, code)).status).toBe(204);
});

test('whoever was locked out by wrong passwords signs in with the new one', async () => {
  const person = await newPerson();
  for (let i = 0; i < 11; i++) await login(person.phone, 'a wrong password');
  expect((await login(person.phone, person.password)).status).toBe(429);
  await confirm(person.phone, await newCode(person));
  expect((await login(person.phone, NEW)).status).toBe(200);
});

test('an address may ask so often and no more: SMS cost money', async () => {
  const environment = { ...(await gatewayEnvironment()), RESETS_PER_ADDRESS: '5' };
  const small = await startTestService(gatewayService, { environment });
  try {
    const from = new ApiClient(small.running.url);
    const answers: Answer[] = [];
    for (let i = 0; i < 6; i++)
      answers.push(await from.post('/api/auth/password-reset', { phone: `+23480399900${10 + i}` }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429]);
    expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    await small.stop();
  }
});
