import { DEMO_PAYGO } from '#tokens';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

let world: SystemUnderTest;

beforeAll(async () => {
  world = await startOneProcess({ environment: { SEED_DEMO: 'true' } });
}, 120_000);
afterAll(() => world.stop(), 60_000);

const DEVICE = DEMO_PAYGO.number;
const DAY = 86_400_000;

test('days are bought for a solar home system: verify, pay, an SMS with the code, and the device works so much longer', async () => {
  const person = await Person.register(world);
  await person.addFunds('2000.00');
  const verified = await person.api.post('/api/electricity/verify', {
    meterNumber: DEVICE,
    amount: '1000.00',
  });
  expect(verified.body).toMatchObject({ units: { days: 3 }, meter: { name: 'D••• M•••' } });
  const payment = await person.finished(await person.post(`/api/vend/${verified.body.id}/pay`, {}));
  expect(payment).toMatchObject({ status: 'PAID', meterNumber: DEVICE, tokens: [{ days: 3 }] });
  const receipt = (await person.api.get(`/api/payments/${payment.id}/receipt`)).body;
  expect(receipt).toMatchObject({ units: { days: 3 }, tokens: [payment.tokens[0]] });
  expect(receipt.breakdown).toEqual(verified.body.breakdown);

  const sms = await person.sms(payment.receiptNumber);
  expect(sms).toMatch(/^\d{3} \d{3} \d{3}\n3 days, meter 700000001/);
  const code = sms.slice(0, 11);
  expect(code.replaceAll(' ', '')).toBe(payment.tokens[0].token);

  const keyIn = async () => (await world.phones.post(`/meters/${DEVICE}/keys`, { token: code })).body;
  const off = (await world.phones.get(`/meters/${DEVICE}`)).body;
  expect(off).toMatchObject({ kind: 'openpaygo', relay: 'open', display: { credit: '0 d 0 h' } });
  expect(await keyIn()).toMatchObject({ answer: 'accepted', message: 'Accepted +3 d 0 h' });
  const on = (await world.phones.get(`/meters/${DEVICE}`)).body;
  expect(on).toMatchObject({ relay: 'closed', usedTokens: 1, facts: { count: 2 } });
  expect(await keyIn()).toMatchObject({ answer: 'used' });
  const after = (await world.phones.get(`/meters/${DEVICE}`)).body;
  expect(after.activeUntil).toBe(on.activeUntil); // and not a moment more
  const left = Date.parse(after.activeUntil) - Date.parse(after.clock.at);
  expect(left).toBeGreaterThan(3 * DAY - 120_000);
  expect(left).toBeLessThanOrEqual(3 * DAY);
  await expectInvariants(world);
});
