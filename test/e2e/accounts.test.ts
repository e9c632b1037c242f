import { newId } from '#kernel';
import { unseal, unsealPersonal } from '#service-host';
import { type Json, until } from '#testing';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

const PASSWORD = 'correct horse 42';
let world: SystemUnderTest;

beforeAll(async () => {
  world = await startOneProcess();
}, 60_000);
afterAll(() => world.stop(), 60_000);

const remove = (person: Person, password = PASSWORD) => person.api.post('/api/profile/delete', { password });
const rows = <T extends object>(sql: string, values: unknown[] = []) => world.database.rows<T>(sql, values);

test('a forgotten password: the code comes by SMS, and whoever has it signs in anew', async () => {
  const person = await Person.register(world);
  expect((await world.api.post('/api/auth/password-reset', { phone: person.phone })).status).toBe(202);
  const code = /^\d{6}/.exec(await person.sms('Wattline code'))![0];
  const confirmed = { phone: person.phone, code, password: 'another horse 43' };
  expect((await world.api.post('/api/auth/password-reset/confirm', confirmed)).status).toBe(204);
  expect((await person.api.get('/api/profile')).status).toBe(401);
  await person.sms('password was changed');
  const login = { phone: person.phone, password: 'another horse 43' };
  const { status, body } = await world.api.post('/api/auth/login', login);
  expect(status).toBe(200);
  const mine = world.api.with({ authorization: `Bearer ${body.accessToken}` });
  expect((await mine.get('/api/profile')).body.smsOptedOut).toBe(false);
  expect(JSON.stringify((await mine.get('/api/notifications')).body)).not.toContain(code);
  const events = await rows<{ envelope: string }>('SELECT envelope FROM audit.trail');
  expect(events.filter(({ envelope }) => envelope.includes(`"${code}"`))).toEqual([]);
});

test('an export has everything of one, all pages of it, and nothing of others', async () => {
  const [person, other] = [await Person.register(world), await Person.register(world, 'A Stranger')];
  await person.addFunds('500.00');
  const bills = await Promise.all(Array.from({ length: 120 }, () => person.createBill('1.00')));
  await person.finished(await person.post('/api/payments', { billId: bills[0]!.id, amount: '1.00' }));
  const theirs = await other.createBill('7.00');
  const { status, headers, body } = await person.api.get('/api/profile/export');
  expect([status, headers.get('content-disposition')]).toEqual([200, expect.stringContaining('attachment')]);
  expect(body.profile).toMatchObject({ id: person.id, phone: person.phone });
  expect(body.wallet.id).toBe(person.id);
  expect(new Set(body.bills.map(({ id }: Json) => id))).toEqual(new Set(bills.map(({ id }) => id)));
  expect(body.payments).toHaveLength(2);
  expect(body.walletEntries.length).toBeGreaterThan(0);
  expect(body.notifications.length).toBeGreaterThan(0);
  expect(JSON.stringify(body)).not.toContain(theirs.id);
});

test('an account with money stays, and is as it was', async () => {
  const person = await Person.register(world);
  await person.addFunds('20.00');
  await until(
    'the money is there',
    async () => (await person.api.get('/api/wallet')).body.held.amount === '0.00',
  );
  expect((await remove(person, 'a wrong password')).body.code).toBe('invalid_credentials');
  expect(await remove(person)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const bill = await person.createBill('5.00');
  const paid = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: '5.00' }));
  expect(paid.status).toBe('PAID');
});

test('a deleted account is gone: sessions, phone, contact; the trail verifies and no copy can be opened', async () => {
  const person = await Person.register(world, 'Chidiebere Nwosu');
  await person.sms('Welcome');
  const key = (await rows<Json>('SELECT contact_key FROM gateway.users WHERE id = $1', [person.id]))[0]
    .contact_key;
  const kept = await until('the trail has it', async () => {
    const found = await rows<Json>(
      `SELECT envelope::jsonb #>> '{data,sealedContact}' AS sealed FROM audit.trail
       WHERE subject = $1 AND type LIKE '%user_registered%'`,
      [person.id],
    );
    return found.length > 0 && found;
  });
  const secret = world.plan.environment.CONTACT_SECRET!;
  // With the key it can be opened; so it is the key alone that keeps it shut afterwards.
  expect(unsealPersonal(kept[0].sealed, secret, key, 'contact')).toContain('Chidiebere');
  expect((await remove(person)).status).toBe(204);
  expect((await person.api.get('/api/profile')).status).toBe(401);
  const refreshed = await world.api.post('/api/auth/refresh', { refreshToken: person.session.refreshToken });
  expect(refreshed.status).toBe(401);
  await until('notification has forgotten', async () => {
    const [contact] = await rows<Json>('SELECT * FROM notification.contacts WHERE user_id = $1', [person.id]);
    return contact.erased_at && contact.sealed_contact === '' && contact.contact_key === null;
  });
  expect(
    await rows("SELECT 1 FROM notification.messages WHERE user_id = $1 AND body <> ''", [person.id]),
  ).toEqual([]);
  for (const schema of ['gateway', 'billing', 'wallet', 'payment', 'notification', 'audit']) {
    const tables = await rows<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1',
      [schema],
    );
    for (const { name } of tables) {
      for (const text of [key, person.phone, 'Chidiebere']) {
        const found = await rows(`SELECT 1 FROM ${schema}.${name} t WHERE strpos(t::text, $1) > 0 LIMIT 1`, [
          text,
        ]);
        expect([schema, name, text === key ? 'the key' : text, found]).toEqual([
          schema,
          name,
          expect.any(String),
          [],
        ]);
      }
    }
  }
  expect(() => unseal(kept[0].sealed.slice(3), secret, 'contact')).toThrow();
  const again = await world.api.post('/api/auth/register', {
    name: 'Somebody Else',
    phone: person.phone,
    password: PASSWORD,
  });
  expect(again.status).toBe(201);
  expect(again.body.user.id).not.toBe(person.id);
});

test('while people pay and are paid, their accounts are deleted whole or not at all', async () => {
  const outcomes: string[] = [];
  for (let round = 0; round < 6; round++) {
    const [payer, payee] = [await Person.register(world), await Person.register(world)];
    await payer.addFunds('10.00');
    const pay = () => payer.post('/api/transfers', { toWalletId: payee.id, amount: '10.00' });
    const [, gone] = await Promise.all([pay(), remove(payee), pay()]);
    outcomes.push(String(gone.status));
    const ended = () =>
      rows(`SELECT 1 FROM payment.payments WHERE payee_id = $1 AND status IN ('PENDING', 'PROCESSING')`, [
        payee.id,
      ]);
    await until('all has ended', async () => (await ended()).length === 0);
    if (gone.status === 204) {
      const paid = await rows("SELECT 1 FROM payment.payments WHERE payee_id = $1 AND status = 'PAID'", [
        payee.id,
      ]);
      expect(paid).toEqual([]);
      expect((await pay()).status).toBe(404);
    } else {
      expect(gone.body.code).toBe('conflict');
      expect((await payee.api.get('/api/profile')).status).toBe(200);
    }
  }
  expect(new Set([...outcomes, '204', '409'])).toEqual(new Set(['204', '409']));
});

test('of ten who delete one account at once, one does', async () => {
  const person = await Person.register(world);
  const answers = await Promise.all(Array.from({ length: 10 }, () => remove(person)));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect((await person.api.post('/api/profile/delete', { password: newId() })).status).toBe(401);
});

test('afterwards everything holds that must', async () => {
  await expectInvariants(world);
});
