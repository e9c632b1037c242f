import { checkInvariants } from '#invariants';
import { type Answer, type Json, until } from '#testing';
import { newOperator, type Operator } from '../operators/world.js';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

const METER = '04123456784';
const AN_INSTITUTION = { role: 'institution', institutionName: 'Bright School' };

let world: SystemUnderTest;
let operator: Operator;

beforeAll(async () => {
  world = await startOneProcess({
    environment: { SEED_DEMO: 'true', VOUCHER_TRIES: '60', VOUCHER_TRIES_PER_ADDRESS: '70' },
  });
  operator = await newOperator(world, 'Ngozi Adeyemi');
}, 120_000);
afterAll(() => world.stop(), 60_000);
afterEach(() => expectInvariants(world), 60_000);

const order = (more: object) => ({ expiresOn: '2030-06-30', reason: 'relief after the flood', ...more });
const redeem = (person: Person, code: string) =>
  person.api.post('/api/vouchers/redeem', { code, meterNumber: METER });
const redeemed = (person: Person, { body }: Answer): Promise<Json> =>
  until('the voucher is redeemed', async () => {
    const { body: now } = await person.api.get(body.links.self);
    return now.state === 'redeemed' && now;
  });
async function vouchersAccount(): Promise<string> {
  const [row] = await world.database.rows<{ balance: string }>(
    `SELECT balance FROM wallet.accounts WHERE id = 'vouchers:NGN'`,
  );
  return row!.balance;
}

test('of fifty who redeem one voucher at once, one has the token by SMS, and the meter takes it; no code stays behind', async () => {
  const batch = (await operator.api.post('/api/vouchers', order({ count: 1, amount: '500.00' }))).body;
  const [{ code }] = batch.codes;
  const people = await Promise.all(
    Array.from({ length: 50 }, (_, i) => Person.register(world, `Redeemer ${i}`)),
  );
  const answers = await Promise.all(people.map((person) => redeem(person, code)));
  const outcomes = answers.map(({ status, body }) => `${status} ${body.code ?? ''}`.trim()).sort();
  expect(outcomes).toEqual(['202', ...Array<string>(49).fill('409 voucher_used')]);
  const winner = answers.findIndex(({ status }) => status === 202);
  const done = await redeemed(people[winner]!, answers[winner]!);
  const sms = await people[winner]!.sms(`meter ${METER}`);
  expect(sms.slice(0, 24).replaceAll(' ', '')).toBe(done.tokens[0].token);
  expect(sms).toContain(`${done.units.kwh} kWh`);
  const keyedIn = (await world.phones.post(`/meters/${METER}/keys`, { token: done.tokens[0].token })).body;
  expect(keyedIn).toMatchObject({ answer: 'accepted', kwh: done.units.kwh });
  const vends = await world.database.rows(`SELECT 1 FROM billing.vends WHERE cause = 'voucher'`);
  expect(vends).toHaveLength(1);
  expect(await tablesWith(code, `${code.slice(0, 4)} ${code.slice(4, 8)}`)).toEqual([]);
}, 120_000);

test('an institution pays for vouchers from its wallet, and has back what nobody redeemed; the books are right at every moment', async () => {
  const school = await Person.register(world, 'Bright School', AN_INSTITUTION);
  const guest = await Person.register(world, 'A Guest');
  await school.addFunds('5000.00');
  const made = await school.api.post('/api/vouchers', order({ count: 20, amount: '200.00' }));
  expect(made).toMatchObject({ status: 201, body: { state: 'waiting', total: { amount: '4000.00' } } });
  const payment = await school.finished(
    await school.post('/api/payments', { billId: made.body.id, amount: '4000.00' }),
  );
  expect(payment).toMatchObject({ status: 'PAID', purpose: 'vouchers' });
  const codes: { code: string }[] = await until('there are codes', async () => {
    const { status, body } = await school.api.post(`${made.body.links.self}/codes`, {});
    return status === 200 && body.codes;
  });
  await until('it is set aside', async () => (await vouchersAccount()) === '400000');
  expect(await school.balance()).toBe('1000.00');
  const violations: string[] = [];
  let isBusy = true;
  const all = Promise.all(
    codes.slice(0, 15).map(async ({ code }) => redeemed(guest, await redeem(guest, code))),
  ).finally(() => (isBusy = false));
  let looks = 0;
  for (; isBusy; looks++) {
    const { results } = await checkInvariants({ databaseUrl: world.database.url });
    violations.push(...results.flatMap((it) => it.violations));
  }
  await all;
  expect(violations).toEqual([]);
  console.info(`the invariants were looked at ${looks} times while 15 vouchers were redeemed`);
  const gone = await school.api.post(`${made.body.links.self}/void`, { reason: 'the term is over' });
  expect(gone.body.counts).toMatchObject({ redeemed: 15, void: 5, unused: 0 });
  await until('the rest is back', async () => (await school.balance()) === '2000.00');
  await school.sms('was given back to your wallet');
  await until('nothing is set aside', async () => (await vouchersAccount()) === '0');
  const refund = { reason: 'please' };
  const refused = await operator.api.post(`/api/ops/payments/${payment.id}/refund`, refund, {
    'idempotency-key': 'refund-vouchers',
  });
  expect(refused.body.code).toBe('payment_not_refundable');
}, 120_000);

test('energy that is given is a token, and an SMS that names no price', async () => {
  const person = await Person.register(world, 'Amina Bello');
  const batch = (await operator.api.post('/api/vouchers', order({ count: 1, kwh: '7.5' }))).body;
  const done = await redeemed(person, await redeem(person, batch.codes[0].code));
  expect(done).toMatchObject({ units: { kwh: '7.5' }, tokens: [{ kwh: '7.5' }] });
  expect(await person.sms('7.5 kWh')).not.toContain('Paid');
});

test('who guesses with many accounts from one address rests by that address; others go on', async () => {
  const people = [await Person.register(world, 'A Guesser'), await Person.register(world, 'Another Guesser')];
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const outcomes: string[] = [];
  for (let i = 0; i < 72; i++) {
    const { body } = await people[i % 2]!.api.post(
      '/api/vouchers/redeem',
      { code: guess(i), meterNumber: METER },
      from('203.0.113.9'),
    );
    outcomes.push(body.code);
  }
  expect(outcomes.slice(0, 70)).toEqual(Array(70).fill('voucher_unknown'));
  expect(outcomes.slice(70)).toEqual(['rate_limited', 'rate_limited']);
  const elsewhere = { code: guess(99), meterNumber: METER };
  const other = await people[0]!.api.post('/api/vouchers/redeem', elsewhere, from('203.0.113.10'));
  expect(other.body.code).toBe('voucher_unknown');
});

/** A code that nobody has, with right check digits. */
function guess(i: number): string {
  const digits = String(7_000_000_000_000_000n + BigInt(i));
  return digits + String(98n - ((BigInt(digits) * 100n) % 97n)).padStart(2, '0');
}

/** Every table of every service in which one of the texts stands. */
async function tablesWith(...texts: string[]): Promise<string[]> {
  const tables = await world.database.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('audit', 'billing', 'gateway', 'notification', 'payment', 'wallet') AND table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const sql = `SELECT 1 FROM ${name} AS t WHERE EXISTS (SELECT FROM unnest($1::text[]) AS x WHERE strpos(t::text, x) > 0) LIMIT 1`;
    if ((await world.database.rows(sql, [texts])).length > 0) found.push(name);
  }
  return found;
}
