import { TokenIssuers } from '#billing';
import { until, type Json } from '#testing';
import { Person } from '../e2e/person.js';
import { keyed, type OperatedSystem, startOperatedSystem, trailOf, untilEnded } from './world.js';

const METER = '04123456792';
const TOKEN = '11112222333344445555';
const reason = 'the manufacturer said so';
let it: OperatedSystem;

beforeAll(async () => {
  it = await startOperatedSystem({ SEED_DEMO: 'true' });
  const { system, database } = it.world;
  system!.services.billing.app.get(TokenIssuers).use('stron', {
    issue: () => Promise.resolve({ kind: 'unknown', reason: 'no answer in time' }),
  });
  await database.rows(`UPDATE billing.meter_keys SET issuer = 'stron' WHERE meter_number = $1`, [METER]);
}, 120_000);
afterAll(() => it.world.stop(), 60_000);

/** Paid for, and nobody knows whether a token was made. */
async function inDoubt(amount: string): Promise<{ person: Person; id: string }> {
  const person = await Person.register(it.world);
  await person.addFunds('2000.00');
  const bill = (await person.api.post('/api/electricity/verify', { meterNumber: METER, amount })).body;
  const { body } = await person.post(`/api/vend/${bill.id}/pay`, { method: 'wallet' });
  await until('the payer sees that it is in doubt', async () => (await paymentOf(person, body.id)).inDoubt);
  return { person, id: body.id };
}

const paymentOf = async (person: Person, id: string): Promise<Json> =>
  (await person.api.get(`/api/payments/${id}`)).body;
const resolve = (id: string, body: object, by = it.ngozi) =>
  keyed(by, `/api/ops/payments/${id}/resolve`, { reason, ...body });
/** The call may have its outcome a moment after the payer hears of the doubt. */
const untilTaken = (id: string, body: object) =>
  until('it can be settled', async () => {
    const answer = await resolve(id, body);
    return answer.status === 202 && answer.body;
  });

test('above the limit two operators settle it as delivered: the customer has the tokens, and nobody else reads them', async () => {
  const { person, id } = await inDoubt('1500.00');
  const shown = (await it.ngozi.api.get('/api/ops/payments?inDoubt=true')).body.items;
  expect(shown).toMatchObject([{ id, owner: 'operators on duty', overdue: false }]);
  expect(Date.parse(shown[0].deadline)).toBeGreaterThan(Date.parse(shown[0].unknownSince));

  const action = await untilTaken(id, { outcome: 'delivered', tokens: [TOKEN] });
  expect(action).toMatchObject({ kind: 'resolution', state: 'waiting_for_approval', needsApproval: true });
  const approve = (by = it.emeka) => by.api.post(`/api/ops/approvals/${action.id}/approve`);
  expect((await approve(it.ngozi)).body.code).toBe('second_person_required');
  expect((await paymentOf(person, id)).status).toBe('PROCESSING');
  expect((await resolve(id, { outcome: 'not_delivered' }, it.emeka)).body.code).toBe('conflict');

  expect((await approve()).status).toBe(202);
  expect((await untilEnded(it.ngozi, action.id)).state).toBe('done');
  const payment = await until('it is paid', async () => {
    const seen = await paymentOf(person, id);
    return seen.status === 'PAID' && seen;
  });
  expect(payment).toMatchObject({ inDoubt: false, tokens: [{ token: TOKEN }] });
  expect(await person.sms(payment.receiptNumber)).toContain('1111 2222 3333 4444 5555');
  await until('the money is taken', async () => (await person.balance()) === '500.00');
  const seen = JSON.stringify((await it.ngozi.api.get(`/api/payments/${id}`)).body);
  expect(seen).not.toContain(TOKEN);
  expect(await trailOf(it.ngozi, id)).toEqual(
    expect.arrayContaining(['money_action_requested', 'money_action_approved', 'money_action_ended']),
  );
  expect((await resolve(id, { outcome: 'not_delivered' })).body.code).toBe('payment_not_in_doubt');
});

test('below the limit one operator settles it as not delivered: nothing was charged', async () => {
  const { person, id } = await inDoubt('400.00');
  const wrong = await resolve(id, { outcome: 'not_delivered', tokens: [TOKEN] });
  expect([wrong.status, wrong.body.code]).toEqual([400, 'validation_failed']);
  const action = await untilTaken(id, { outcome: 'not_delivered' });
  expect((await untilEnded(it.ngozi, action.id)).state).toBe('done');
  await until('it has failed', async () => (await paymentOf(person, id)).status === 'FAILED');
  await until('the money is free again', async () => {
    const { available, held } = (await person.api.get('/api/wallet')).body;
    return available.amount === '2000.00' && held.amount === '0.00';
  });
});

test('by a token that another purchase has it is not settled', async () => {
  const { id } = await inDoubt('300.00');
  const answer = await until('it can be settled', async () => {
    const { status, body } = await resolve(id, { outcome: 'delivered', tokens: [TOKEN] });
    return body.code !== 'payment_not_in_doubt' && { status, body };
  });
  expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
});
