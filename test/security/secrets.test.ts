import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { newId } from '#kernel';
import { ApiClient, type TestDatabase, until } from '#testing';
import { freeBase } from '../e2e/free-ports-in-a-row.js';
import { Person } from '../e2e/person.js';
import { type SystemUnderTest, systemDatabase } from '../e2e/system.js';

// One run of everything that handles a secret, with the log at its most talkative; then what was written is read.

const PASSWORD = 'correct horse 42'; // of every Person
const NEW_PASSWORD = 'a heron by the river';
const keys = Object.fromEntries(
  ['INTERNAL_SECRET', 'JWT_SECRET', 'CONTACT_SECRET'].map((name) => [name, randomBytes(32).toString('hex')]),
);

let database: TestDatabase;
let child: ChildProcess;
let output = '';
/** What must not be found, by what it is. */
const secrets = new Map<string, { text: string; pattern: RegExp }>();
/** How many lines each service wrote. */
let logged: { service?: string; level?: number }[] = [];

const exactly = (text: string) => ({
  text,
  pattern: new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')),
});
/** Six digits by themselves, not those within an id. */
const digits = (text: string) => ({ text, pattern: new RegExp(`(?<![\\w-])${text}(?![\\w-])`) });

beforeAll(async () => {
  database = await systemDatabase();
  const world = await start();
  await useEverySecret(world);
  child.kill('SIGTERM');
  await once(child, 'exit');
  logged = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { service?: string; level?: number });
}, 120_000);
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await database.drop();
});

async function start(): Promise<SystemUnderTest> {
  const base = await freeBase();
  child = spawn(process.execPath, [join(process.cwd(), 'dist/apps/wattline/main.js')], {
    env: {
      PATH: process.env.PATH,
      PORT: String(base),
      DATABASE_URL: database.url,
      LOG_LEVEL: 'debug',
      SEED_DEMO: 'false',
      SMS_ASK_AFTER_MS: '300',
      ...keys,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  await until(
    'it is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output.slice(-2_000)}`);
      return output.includes('Wattline is ready');
    },
    60_000,
  );
  const simulatorUrl = `http://127.0.0.1:${base + 1}`;
  return {
    api: new ApiClient(`http://127.0.0.1:${base}`),
    phones: new ApiClient(simulatorUrl),
    simulatorUrl,
    database,
  } as SystemUnderTest;
}

async function useEverySecret(world: SystemUnderTest): Promise<void> {
  const person = await Person.register(world);
  const payee = await Person.register(world, 'Chidi Okafor');
  for (const [name, key] of Object.entries(keys)) secrets.set(name, exactly(key));
  secrets.set('a password', exactly(PASSWORD));
  secrets.set('a new password', exactly(NEW_PASSWORD));
  for (const { phone, session } of [person, payee]) {
    secrets.set(`the phone ${phone}`, exactly(phone.slice(4))); // also without its country
    secrets.set(`an access token of ${phone}`, exactly(session.accessToken));
    secrets.set(`a refresh token of ${phone}`, exactly(session.refreshToken));
  }
  await person.sms('Welcome');

  // What fails is logged with its error, and errors like to quote.
  await world.phones.post('/twilio/faults', { fault: 'refused', code: 21211, to: person.phone });
  await world.phones.post('/twilio/faults', { fault: 'wrong-body', to: payee.phone });
  const secret = (name: string, text: string) => secrets.set(name, exactly(text));
  const endpoint = await person.api.post('/api/webhook-endpoints', {
    url: 'http://127.0.0.1:65000/hook?key=of-the-partner',
    events: ['payment.completed', 'wallet.updated'],
  });
  secret('the secret of a webhook', String(endpoint.body.secret));
  const { body: made } = await person.api.post('/api/api-keys', { name: 'till', scopes: ['bills:read'] });
  secret('an API key', String(made.key));
  await world.api.with({ authorization: `Bearer ${made.key}` }).get('/api/bills');
  const { body: proof } = await person.api.post('/api/auth/step-up', { password: PASSWORD });
  secret('a step-up token', String(proof.stepUpToken));

  await person.addFunds('500.00');
  const bill = await person.createBill('120.35');
  const proved = { 'x-step-up': proof.stepUpToken as string, 'idempotency-key': newId() };
  const paid = await person.api.post('/api/payments', { billId: bill.id, amount: '120.35' }, proved);
  await person.finished(paid);
  await person.finished(
    await person.post('/api/transfers', { toPhone: payee.phone, amount: '10.00', note: 'thanks' }),
  );
  await person.post('/api/transfers', { toPhone: payee.phone, amount: 'ten' });
  await world.api.post('/api/auth/login', { phone: person.phone, password: 'a wrong password' });
  await world.api.post('/api/auth/login', `{"phone":"${person.phone}","password":"${PASSWORD}"`);
  await world.api.with({ authorization: `Bearer ${person.session.accessToken}x` }).get('/api/profile');

  secret('the code of a voucher', await aVoucherCode(world, person));
  await world.api.post('/api/auth/password-reset', { phone: person.phone });
  const [, code] = /\b(\d{6})\b/.exec(await person.sms('code'))!;
  secrets.set('a reset code', digits(code!));
  const confirm = { phone: person.phone, code, password: NEW_PASSWORD };
  expect((await world.api.post('/api/auth/password-reset/confirm', confirm)).status).toBe(204);
  const again = await world.api.post('/api/auth/login', { phone: person.phone, password: NEW_PASSWORD });
  const refreshed = await world.api.post('/api/auth/refresh', { refreshToken: again.body.refreshToken });
  for (const { body } of [again, refreshed]) {
    secrets.set(`a later access token ${secrets.size}`, exactly(String(body.accessToken)));
    secrets.set(`a later refresh token ${secrets.size}`, exactly(String(body.refreshToken)));
  }
  const mine = world.api.with({ authorization: `Bearer ${refreshed.body.accessToken}` });
  await until('a webhook was tried', async () => {
    const { body } = await mine.get(`/api/webhook-endpoints/${endpoint.body.id}/deliveries`);
    return JSON.stringify(body).includes('refused');
  });
  await until('the password was told to be changed', async () =>
    (await person.messages()).some((it) => it.includes('password')),
  );
}

/** Paid for by an institution, tried by somebody on a meter that nobody has, and sent once as no JSON. */
async function aVoucherCode(world: SystemUnderTest, redeemer: Person): Promise<string> {
  const role = { role: 'institution', institutionName: 'Bright School' };
  const school = await Person.register(world, 'Bright School', role);
  await school.addFunds('10.00');
  const order = { count: 1, amount: '10.00', expiresOn: '2030-01-31', reason: 'a test' };
  const { body: batch } = await school.api.post('/api/vouchers', order);
  await school.finished(await school.post('/api/payments', { billId: batch.id, amount: '10.00' }));
  const code = await until('there is a code', async () => {
    const { body } = await school.api.post(`${batch.links.self}/codes`, {});
    return body.codes?.[0].code as string | undefined;
  });
  const attempt = { code, meterNumber: '99999' };
  expect((await redeemer.api.post('/api/vouchers/redeem', attempt)).body.code).toBe('meter_unknown');
  await redeemer.api.post('/api/vouchers/redeem', `{"code":"${code}",`);
  return code;
}

const found = (text: string) =>
  [...secrets].filter(([, { pattern }]) => pattern.test(text)).map(([name]) => name);

describe('secrets, tokens and full phone numbers are not written in the clear', () => {
  test('not in a log, at its most talkative, of any service', () => {
    expect(secrets.size).toBeGreaterThanOrEqual(19);
    const services = new Set(logged.map(({ service }) => service));
    for (const name of ['gateway', 'payment', 'wallet', 'billing', 'notification'])
      expect(services).toContain(name);
    expect(logged.some(({ level }) => level === 20)).toBe(true);
    expect(logged.some(({ level = 0 }) => level >= 40)).toBe(true);
    expect(output.split('\n').filter((line) => found(line).length > 0)).toEqual([]);
  });

  test('the search would find them', () => {
    for (const [name, { text }] of secrets) expect(found(`{"x":"${text}","y":1}`)).toContain(name);
  });

  test('not in an event on its way, an event that arrived, a call to the outside, or the audit trail', async () => {
    const tables = await database.rows<{ name: string }>(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
       WHERE table_schema IN ('gateway', 'billing', 'wallet', 'payment', 'notification', 'audit')
         AND table_type = 'BASE TABLE'`,
    );
    const names = tables.map(({ name }) => name);
    for (const name of ['gateway.outbox', 'notification.inbox', 'notification.effects', 'audit.trail']) {
      expect(names).toContain(name);
    }
    const shown: Record<string, string[]> = {};
    for (const name of names) {
      const rows = await database.rows<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      if (['notification.inbox', 'audit.trail', 'notification.messages'].includes(name))
        expect([name, rows.length > 3]).toEqual([name, true]);
      const hits = [...new Set(rows.flatMap(({ text }) => found(text)))];
      if (hits.length > 0) shown[name] = hits.sort();
    }
    // An account has its phone, by which it is found; nothing else has anything.
    const phones = [...secrets.keys()].filter((name) => name.startsWith('the phone'));
    expect(shown).toEqual({ 'gateway.users': phones.sort() });
  });
});
