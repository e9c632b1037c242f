import { until } from '#testing';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

/** No manufacturer's API is set up here, so its meters are refused. */
const REFUSED = '04123456792';
let world: SystemUnderTest;

beforeAll(async () => {
  world = await startOneProcess({ environment: { SEED_DEMO: 'true' } });
  await world.database.rows(`UPDATE billing.meter_keys SET issuer = 'stron' WHERE meter_number = $1`, [
    REFUSED,
  ]);
}, 60_000);
afterAll(() => world.stop());

async function buy(person: Person, method: string) {
  const order = { meterNumber: REFUSED, amount: '1000.00' };
  const bill = (await person.api.post('/api/electricity/verify', order)).body;
  return person.finished(await person.post(`/api/vend/${bill.id}/pay`, { method }));
}

test('a meter that the issuer refuses costs nothing: the hold is released, and an SMS says so', async () => {
  const person = await Person.register(world);
  await person.addFunds('1000.00');
  const payment = await buy(person, 'wallet');
  expect(payment).toMatchObject({
    status: 'FAILED',
    failure: { code: 'meter_not_vendable' },
    inDoubt: false,
  });
  expect(await person.sms(payment.reference)).toContain('No tokens can be made for this meter');
  await until('the money is free again', async () => {
    const { available, held } = (await person.api.get('/api/wallet')).body;
    return available.amount === '1000.00' && held.amount === '0.00';
  });
  expect((await person.api.get(`/api/payments/${payment.id}/receipt`)).body.code).toBe('receipt_not_ready');
});

test('what was collected outside is given back into the wallet', async () => {
  const person = await Person.register(world);
  const payment = await buy(person, 'sandbox');
  expect(payment).toMatchObject({ status: 'REFUNDED', failure: { code: 'meter_not_vendable' } });
  await until('the money is in the wallet', async () => (await person.balance()) === '1000.00');
  const steps = (await person.api.get(`/api/payments/${payment.id}/timeline`)).body;
  expect(steps.at(-1)).toMatchObject({ step: 'refunded', text: expect.stringContaining('in the wallet') });
  await expectInvariants(world);
});
