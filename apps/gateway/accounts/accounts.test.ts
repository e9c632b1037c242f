import { type FindUser, UserRegistered } from '#contracts';
import { isId, newId, unwrap } from '#kernel';
import { unsealPersonal } from '#service-host';
import { ApiClient, type Answer, type Json, startTestService, type TestService } from '#testing';
import { createOperator, gatewayService, type GatewaySettings } from '../index.js';
import { makeOperator, operatorSettings } from './operator-command.js';
import { CONTACT_SECRET, gatewayEnvironment, somebody } from '../testing/outside.js';

let gateway: TestService<GatewaySettings>;
let api: ApiClient;

beforeAll(async () => {
  gateway = await startTestService(gatewayService, { environment: await gatewayEnvironment() });
  api = new ApiClient(gateway.running.url);
});
afterAll(() => gateway.stop());

const register = (more: object = {}) => api.post('/api/auth/register', somebody(more));
const withToken = (token: string) => api.with({ authorization: `Bearer ${token}` });
/** A sealed contact, opened as notification does. */
async function opened(userId: string, sealed: string): Promise<{ name: string; phone: string }> {
  const ask = { userIds: [userId] };
  const { body } = await gateway.asService('notification').post('/internal/users/contact-keys', ask);
  return JSON.parse(unsealPersonal(sealed, CONTACT_SECRET, body.keys[userId], 'contact'));
}

const refusal = ({ status, body }: Answer) => [status, body.code, body.errors?.[0]?.pointer];

test('who registers has an account, a wallet of the same id, and is signed in', async () => {
  const person = somebody();
  const { status, body, headers } = await api.post('/api/auth/register', person);
  expect(status).toBe(201);
  expect(body.user).toEqual({
    id: expect.any(String),
    name: person.name,
    phone: person.phone,
    role: 'household',
  });
  expect(isId(body.user.id)).toBe(true);
  expect(body.wallet).toEqual({ id: body.user.id });
  expect(body.expiresIn).toBe(3600);
  expect(headers.get('cache-control')).toBe('no-store');
  const profile = await withToken(body.accessToken).get('/api/profile');
  expect(profile.body).toEqual({
    ...body.user,
    email: null,
    institutionName: null,
    language: 'en',
    notifications: { bills: true, payments: true, wallet: true },
    smsOptedOut: null, // notification is away
    createdAt: expect.stringMatching(/Z$/),
  });
});

test('user_registered tells nobody but the notification service the name and the phone', async () => {
  const person = somebody({ name: 'Chidiebere Nwosu', email: 'chidi@example.org' });
  const { body } = await api.post('/api/auth/register', person, { 'x-correlation-id': 'one-request' });
  const event = await gateway.untilPublished(UserRegistered, body.user.id);
  expect(event.correlationid).toBe('one-request');
  const { sealedContact, ...open } = event.data;
  expect(open).toEqual({ userId: body.user.id, role: 'household', language: 'en' });
  expect(await opened(body.user.id, sealedContact)).toEqual({
    name: person.name,
    phone: person.phone,
  });
  const stored = await gateway.database.rows('SELECT envelope FROM gateway.outbox WHERE id = $1', [event.id]);
  for (const text of [JSON.stringify(event), JSON.stringify(stored)]) {
    for (const secret of ['Chidiebere', person.phone.slice(-8), 'chidi@example.org', person.password]) {
      expect(text).not.toContain(secret);
    }
  }
});

test.each([
  ['0803 555 0001', '+2348035550001'],
  ['+234 (803) 555-0002', '+2348035550002'],
  ['2348035550003', '+2348035550003'],
  ['+256772123456', '+256772123456'],
  ['+15005550006', '+15005550006'],
])('the phone %s is kept as %s', async (written, kept) => {
  const { status, body } = await register({ phone: written });
  expect([status, body.user?.phone]).toEqual([201, kept]);
});

test.each(['12345', 'call me', '+2348', '', '+234803555000x', '+2348035550001 ext 4', '+999123456789'])(
  'the phone %p is refused',
  async (phone) => {
    expect(refusal(await register({ phone }))).toEqual([400, 'validation_failed', '#/phone']);
  },
);

test('a phone has one account, however it is written', async () => {
  await register({ phone: '+2348036660001' });
  expect(refusal(await register({ phone: '0803 666 0001' }))).toEqual([409, 'phone_taken', undefined]);
});

test('of twenty registrations of one phone at once one succeeds, and one event tells of it', async () => {
  const phone = '+2348037770001';
  const answers = await Promise.all(Array.from({ length: 20 }, () => register({ phone })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
  const winner = answers.find(({ status }) => status === 201)!.body.user.id;
  await gateway.untilPublished(UserRegistered, winner);
  const users = await gateway.database.rows('SELECT id FROM gateway.users WHERE phone = $1', [phone]);
  expect(users).toEqual([{ id: winner }]);
  const ids = new Set(
    gateway.published.filter((it) => it.type.includes('user_registered')).map((it) => it.subject),
  );
  const all = await gateway.database.rows<{ id: string }>('SELECT id FROM gateway.users');
  expect([...ids].every((id) => all.some((row) => row.id === id))).toBe(true);
});

test.each([
  ['too short', 'ninechars'],
  ['one of the worst', 'Password123'],
  ['the phone', '+2348038880001'],
  ['the phone as one dials it', '0803 888 0001'],
  ['without end', 'x'.repeat(201)],
])('a password that is %s is refused', async (_, password) => {
  const answer = await register({ phone: '+2348038880001', password });
  expect(refusal(answer)).toEqual([400, 'validation_failed', '#/password']);
  expect(JSON.stringify(answer.body)).not.toContain(password);
});

test.each(['ten chars!', '十文字以上のパスワードです', 'correct horse battery staple', 'x'.repeat(200)])(
  'length is enough: %p is a password',
  async (password) => {
    const person = somebody({ password });
    expect((await api.post('/api/auth/register', person)).status).toBe(201);
    expect((await api.post('/api/auth/login', { phone: person.phone, password })).status).toBe(200);
  },
);

test('passwords are kept as argon2id of 19 MiB and two passes, and nowhere else', async () => {
  const { body } = await register();
  const [row] = await gateway.database.rows('SELECT * FROM gateway.users WHERE id = $1', [body.user.id]);
  expect(row!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(JSON.stringify(row)).not.toContain(somebody().password);
});

test('nobody makes themselves an operator, or anything else that is not theirs to say', async () => {
  expect(refusal(await register({ role: 'operator' }))).toEqual([400, 'validation_failed', '#/role']);
  expect(refusal(await register({ id: newId() }))).toEqual([400, 'validation_failed', '#/id']);
  expect(refusal(await register({ balance: 5 }))).toEqual([400, 'validation_failed', '#/balance']);
  const { body } = await register();
  for (const change of [
    { role: 'operator' },
    { phone: '+2348031110009' },
    { id: newId() },
    { passwordHash: 'x' },
  ]) {
    const answer = await withToken(body.accessToken).patch('/api/profile', change);
    expect(refusal(answer)).toEqual([400, 'validation_failed', `#/${Object.keys(change)[0]}`]);
  }
});

test('an institution has a name of its own, a household has none', async () => {
  const institution = await register({ role: 'institution', institutionName: 'Unity Estate' });
  expect(institution.body.user.role).toBe('institution');
  const profile = await withToken(institution.body.accessToken).get('/api/profile');
  expect(profile.body.institutionName).toBe('Unity Estate');
  expect(refusal(await register({ institutionName: 'Unity' }))).toEqual([
    400,
    'validation_failed',
    '#/institutionName',
  ]);
});

test.each([
  [{ name: '' }, '#/name'],
  [{ name: '   ' }, '#/name'],
  [{ name: 'two\nlines' }, '#/name'],
  [{ name: 'x'.repeat(101) }, '#/name'],
  [{ name: { $ne: null } }, '#/name'],
  [{ email: 'nobody' }, '#/email'],
  [{ password: 1234567890 }, '#/password'],
  [{ language: 'klingon!' }, '#/language'],
])('a registration with %j is refused', async (fault, pointer) => {
  expect(refusal(await register(fault))).toEqual([400, 'validation_failed', pointer]);
});

test('one changes name, email, language and what one is told; the rest stays', async () => {
  const { body } = await register({ email: 'amina@example.org' });
  const mine = withToken(body.accessToken);
  const changed = await mine.patch('/api/profile', { name: 'Amina B.', notifications: { wallet: false } });
  expect(changed.body).toMatchObject({
    name: 'Amina B.',
    email: 'amina@example.org',
    notifications: { bills: true, payments: true, wallet: false },
  });
  const again = await mine.patch('/api/profile', { email: null, language: 'fr' });
  expect(again.body).toMatchObject({ name: 'Amina B.', email: null, language: 'fr' });
  expect((await mine.get('/api/profile')).body).toEqual(again.body);
  for (const change of [
    { name: null },
    { notifications: { wallet: 'no' } },
    { notifications: { sms: true } },
  ]) {
    expect((await mine.patch('/api/profile', change)).status).toBe(400);
  }
});

test('a change of the profile is told to the system without the name in the clear', async () => {
  const { body } = await register();
  await withToken(body.accessToken).patch('/api/profile', { name: 'Folasade Ade' });
  const { ProfileChanged } = await import('#contracts');
  const { data } = await gateway.untilPublished(ProfileChanged, body.user.id);
  expect((await opened(body.user.id, data.sealedContact)).name).toBe('Folasade Ade');
  expect(JSON.stringify(data)).not.toContain('Folasade');
});

/** People whom a service asks for, together: their answers, or the codes of the refusals. */
async function findPeople(asking: ApiClient, ...wanted: FindUser[]): Promise<unknown[]> {
  const questions = wanted.map((asked) => ({ context: { correlationId: newId() }, asked }));
  const { status, body } = await asking.post('/internal/users/find', { questions });
  if (status !== 200) return [status];
  return body.answers.map(({ value, problem }: Json) => value ?? problem.code);
}

test('services find people by phone or id, many at once, and learn masked names only', async () => {
  const [ngozi, bola] = [somebody({ name: 'Ngozi Adeyemi' }), somebody({ name: 'Bola Ige' })];
  const [one, other] = [
    await api.post('/api/auth/register', ngozi),
    await api.post('/api/auth/register', bola),
  ];
  const billing = gateway.asService('billing');
  const found = { userId: one.body.user.id, maskedName: 'N••• A•••' };
  const nationally = `0${ngozi.phone.slice(4)}`;
  expect(
    await findPeople(
      billing,
      ...[
        { phone: ngozi.phone },
        { userId: other.body.user.id },
        { phone: nationally },
        { userId: found.userId },
      ],
      ...[{ phone: '+2348031119999' }, { phone: 'x' }, { userId: newId() }, { userId: 'x' }],
      ...[{}, { phone: ngozi.phone, userId: found.userId }, { phone: ngozi.phone }],
    ),
  ).toEqual([
    ...[found, { userId: other.body.user.id, maskedName: 'B••• I•••' }, found, found],
    ...['not_found', 'not_found', 'not_found', 'not_found'],
    ...['validation_failed', 'validation_failed', found],
  ]);
  expect(await findPeople(billing)).toEqual([400]);
});

test('nobody but a service may ask who has a phone', async () => {
  const { body } = await register();
  const question = { userId: body.user.id };
  expect(await findPeople(api, question)).toEqual([401]);
  expect(await findPeople(withToken(body.accessToken), question)).toEqual([401]);
  expect(await findPeople(gateway.as(body.user.id), question)).toEqual([403]);
});

test('nobody but notification learns what opens a contact', async () => {
  const { body } = await register();
  const ask = { userIds: [body.user.id, newId()] };
  expect((await gateway.asService('wallet').post('/internal/users/contact-keys', ask)).status).toBe(403);
  const answer = await gateway.asService('notification').post('/internal/users/contact-keys', ask);
  expect(Object.keys(answer.body.keys)).toEqual([body.user.id]);
});

test('an operator is made by whoever runs the deployment, once per phone', async () => {
  const person = somebody();
  const { userId } = unwrap(await createOperator(gateway.running, person));
  await gateway.untilPublished(UserRegistered, userId);
  const { body } = await api.post(
    '/api/auth/login',
    person && { phone: person.phone, password: person.password },
  );
  expect(body.user).toMatchObject({ id: userId, role: 'operator' });
  expect(await createOperator(gateway.running, person)).toMatchObject({
    ok: false,
    problem: { code: 'phone_taken' },
  });
  const weak = await createOperator(gateway.running, somebody({ password: 'short' }));
  expect(weak).toMatchObject({ ok: false, problem: { code: 'validation_failed' } });
});

test('the first operator is made by a command beside the running gateway, which then tells the system', async () => {
  const person = somebody();
  const environment = { DATABASE_URL: gateway.database.url, CONTACT_SECRET };
  const { userId } = unwrap(await makeOperator(person, operatorSettings(environment)));
  const { data } = await gateway.untilPublished(UserRegistered, userId);
  expect(data.role).toBe('operator');
  expect(await opened(userId, data.sealedContact)).toEqual({
    name: person.name,
    phone: person.phone,
  });
  const { body } = await api.post('/api/auth/login', { phone: person.phone, password: person.password });
  expect(body.user.role).toBe('operator');
  expect(await makeOperator(person, operatorSettings(environment))).toMatchObject({
    ok: false,
    problem: { code: 'phone_taken' },
  });
  expect(() => operatorSettings({})).toThrow(/(DATABASE_URL|CONTACT_SECRET).*(CONTACT_SECRET|DATABASE_URL)/s);
});

test('the password of the demo is refused in production', async () => {
  const operator = somebody({ password: 'Wattline-Demo' });
  const environment = { DATABASE_URL: gateway.database.url, CONTACT_SECRET, WATTLINE_MODE: 'production' };
  expect(await makeOperator(operator, operatorSettings(environment))).toMatchObject({
    ok: false,
    problem: { code: 'validation_failed' },
  });
});
