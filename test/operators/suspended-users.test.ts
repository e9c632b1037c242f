import { newId } from '#kernel';
import { type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import { type OperatedSystem, PASSWORD, startOperatedSystem, trailOf } from './world.js';

let it: OperatedSystem;
beforeAll(async () => {
  it = await startOperatedSystem();
}, 60_000);
afterAll(() => it.world.stop(), 60_000);

const reason = 'the phone was stolen';
const suspend = (id: string) => it.ngozi.api.post(`/api/ops/users/${id}/suspend`, { reason });
const login = (person: Person, password = 'correct horse 42') =>
  it.world.api.post('/api/auth/login', { phone: person.phone, password });

test('suspended, every session is over at once and no new one begins; resumed, one signs in again', async () => {
  const person = await Person.register(it.world);
  const second = (await login(person)).body;
  const other = it.world.api.with({ authorization: `Bearer ${second.accessToken}` });
  expect((await other.get('/api/wallet')).status).toBe(200);
  const { status, body } = await suspend(person.id);
  expect([status, typeof body.suspendedAt, body.suspendedWhy]).toEqual([200, 'string', reason]);
  for (const api of [person.api, other]) expect((await api.get('/api/wallet')).status).toBe(401);
  const refreshed = await it.world.api.post('/api/auth/refresh', { refreshToken: second.refreshToken });
  expect(refreshed.status).toBe(401);
  const refused = await login(person);
  expect([refused.status, refused.body.code]).toEqual([403, 'account_suspended']);
  expect((await login(person, 'a wrong password')).body.code).toBe('invalid_credentials');
  await it.emeka.api.post(`/api/ops/users/${person.id}/resume`);
  expect((await person.api.get('/api/wallet')).status).toBe(401);
  expect((await login(person)).status).toBe(200);
  await until('it is in the trail', async () =>
    (await trailOf(it.ngozi, person.id)).includes('user_resumed'),
  );
  expect(await trailOf(it.ngozi, person.id)).toEqual(['user_registered', 'user_suspended', 'user_resumed']);
});

test('sign-ins beside a suspension leave no living session', async () => {
  const person = await Person.register(it.world);
  const [, ...logins] = await Promise.all([
    new Promise((resolve) => setTimeout(resolve, 20)).then(() => suspend(person.id)),
    ...Array.from({ length: 9 }, () => login(person)),
  ]);
  for (const { status, body } of logins) {
    if (status !== 200) continue;
    const api = it.world.api.with({ authorization: `Bearer ${body.accessToken}` });
    expect((await api.get('/api/wallet')).status).toBe(401);
  }
});

test('suspending twice is told once; oneself cannot be suspended; another operator can', async () => {
  const person = await Person.register(it.world);
  const answers = await Promise.all([suspend(person.id), suspend(person.id), suspend(person.id)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await until('it is in the trail', async () => (await trailOf(it.ngozi, person.id)).length === 2);
  expect((await suspend(it.ngozi.id)).status).toBe(409);
  expect((await suspend(it.emeka.id)).status).toBe(200);
  expect((await it.emeka.api.get('/api/ops/users')).status).toBe(401);
  await it.ngozi.api.post(`/api/ops/users/${it.emeka.id}/resume`);
  const { status } = await it.world.api.post('/api/auth/login', {
    phone: it.emeka.phone,
    password: PASSWORD,
  });
  expect(status).toBe(200);
});

test('operators find people by a part of the phone or of the name, page by page', async () => {
  const people = [];
  for (const name of ['Zainab Musa', 'Zainab 50%', 'Zainab Obi'])
    people.push(await Person.register(it.world, name));
  const find = async (query: string): Promise<Json> =>
    (await it.ngozi.api.get(`/api/ops/users?${query}`)).body;
  expect((await find('q=zainab')).items.map(({ name }: Json) => name)).toEqual([
    'Zainab Obi',
    'Zainab 50%',
    'Zainab Musa',
  ]);
  expect((await find(`q=${encodeURIComponent('50%')}`)).items).toHaveLength(1);
  const phone = people[0]!.phone;
  for (const q of [phone, phone.slice(-7), `0${phone.slice(4)}`, `${phone.slice(0, 7)} ${phone.slice(7)}`]) {
    expect((await find(`q=${encodeURIComponent(q)}`)).items.map(({ id }: Json) => id)).toEqual([
      people[0]!.id,
    ]);
  }
  const first = await find('q=zainab&limit=2');
  const rest = await find(`q=zainab&limit=2&cursor=${first.nextCursor}`);
  expect([first.items.length, rest.items.map(({ name }: Json) => name), rest.nextCursor]).toEqual([
    2,
    ['Zainab Musa'],
    null,
  ]);
  expect(JSON.stringify(first)).not.toMatch(/argon2|passwordHash/);
});

test('for operators alone; strangers are a 404, a missing reason a 400', async () => {
  const person = await Person.register(it.world);
  for (const path of [
    '/api/ops/users',
    `/api/ops/users/${person.id}/suspend`,
    `/api/ops/users/${person.id}/resume`,
  ]) {
    const method = path.endsWith('users') ? 'GET' : 'POST';
    const body = path.endsWith('suspend') ? { reason } : undefined;
    expect((await person.api.call(method, path, body)).status).toBe(403);
    expect((await it.world.api.call(method, path, body)).status).toBe(401);
  }
  for (const id of [newId(), 'nonsense']) {
    expect((await suspend(id)).status).toBe(404);
    expect((await it.ngozi.api.post(`/api/ops/users/${id}/resume`)).status).toBe(404);
  }
  expect((await it.ngozi.api.post(`/api/ops/users/${person.id}/suspend`, {})).status).toBe(400);
});
