import { TokensIssued, VendFailed, VendRequested } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { type Json, startTestService, type TestService, until } from '#testing';
import { DEMO_PAYGO, DeviceKey, type DeviceState, enterCode, newDevice } from '#tokens';
import type { BillingSettings } from '../billing-settings.js';
import { billingService } from '../index.js';
import { refuseTestKeys } from './refuse-test-keys.js';
import { claimBill } from '../testing/claim-bill.js';

/** 250.00 a day and VAT of 7.5 %: a day is 268.75. */
const DEVICE: string = DEMO_PAYGO.number;
const METER = '04987654326';
const DAY = 86_400_000;

const clock = new FakeClock();
let billing: TestService<BillingSettings>;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock, environment: { SEED_DEMO: 'true' } });
});
afterAll(() => billing.stop());

/** The device itself, as it stands with the customer. */
function device(): DeviceState {
  const key = DeviceKey.ofHex(DEMO_PAYGO.keyHex);
  if (!key.ok) throw new Error(key.reason);
  return newDevice({ key: key.value, startingCode: DEMO_PAYGO.startingCode }, clock.now());
}

const quote = (amount: string, meterNumber = DEVICE, payer = newId()) =>
  billing.as(payer).post('/api/electricity/verify', { meterNumber, amount });

async function buy(amount: string, meterNumber = DEVICE): Promise<{ paymentId: string; bill: Json }> {
  const [payerId, paymentId] = [newId(), newId()];
  const { status, body: bill } = await quote(amount, meterNumber, payerId);
  expect([status, bill.code]).toEqual([201, undefined]);
  await claimBill(billing.asService('payment'), { billId: bill.id, paymentId, payerId });
  const facts = { paymentId, billId: bill.id, payerId, meterNumber, amount: bill.amount };
  await billing.publish(VendRequested, paymentId, facts);
  return { paymentId, bill };
}

async function bought(amount: string): Promise<Json> {
  const { paymentId } = await buy(amount);
  await billing.untilPublished(TokensIssued, paymentId);
  return vend(paymentId);
}

const vend = async (id: string): Promise<Json> =>
  (await billing.asService('payment').get(`/internal/vends/${id}`)).body;

test('a quote is in whole days; what is less than a day is a line of its own', async () => {
  const { body } = await quote('1000.00');
  expect(body.units).toEqual({ days: 3 });
  expect(body.breakdown).toEqual([
    { kind: 'vat', label: 'VAT 7.5 %', amount: { amount: '56.25', currency: 'NGN' } },
    {
      kind: 'time',
      label: 'Time, 3 days at 250.00',
      amount: { amount: '750.00', currency: 'NGN' },
      days: 3,
      unitPrice: '250.00',
    },
    { kind: 'rounding', label: 'Rounding', amount: { amount: '193.75', currency: 'NGN' } },
  ]);
  const least = await quote('268.74');
  expect([least.body.code, least.body.limit]).toEqual([
    'amount_too_low',
    { amount: '268.75', currency: 'NGN' },
  ]);
  const byEnergy = await billing.as(newId()).post('/api/quotes', { meterNumber: DEVICE, kwh: '5' });
  expect([byEnergy.body.code, byEnergy.body.errors[0].pointer]).toEqual(['validation_failed', '#/kwh']);
});

test('no more is quoted than one code carries, and the most is named', async () => {
  const operator = billing.as(newId(), 'operator');
  const terms = { charges: [], perDay: '1', minimum: '1', maximum: '10000' };
  const head = {
    name: 'Lamp',
    utility: 'Demo Solar',
    customerClass: 'lamp',
    currency: 'NGN',
    timeZone: 'Africa/Lagos',
  };
  await operator.put('/api/ops/tariffs/lamp', head);
  expect((await operator.put('/api/ops/tariffs/lamp/versions/2020-01-01', { terms })).status).toBe(200);
  const lamp = { holderName: 'Bola Ige', area: 'Ibadan', kind: 'openpaygo', tariffId: 'lamp' };
  await operator.put('/api/ops/meters/710000003', lamp);
  await billing.database.rows(
    `INSERT INTO billing.meter_keys SELECT (jsonb_populate_record(k, $2::jsonb)).* FROM billing.meter_keys k
     WHERE meter_number = $1`,
    [
      DEVICE,
      { meter_number: '710000003', paygo: { startingCode: 5, timeDivider: 24, restrictedDigits: false } },
    ],
  );
  const tooMuch = await quote('42.00', '710000003');
  expect([tooMuch.body.code, tooMuch.body.limit]).toEqual([
    'amount_too_high',
    { amount: '41.99', currency: 'NGN' },
  ]);
  expect((await quote('41.99', '710000003')).body.units).toEqual({ days: 41 });
});

test('what was paid for is a code that the device takes once, for exactly so many days; the next has the next count', async () => {
  const first = await bought('268.75');
  // The published test vector for this key: value 1 at count 2.
  expect(first).toMatchObject({
    units: { days: 1 },
    tokens: [{ kind: 'credit', token: '588224011', days: 1 }],
  });
  expect(first.tokens[0].kwh).toBeUndefined();
  const second = await bought('8062.50');
  expect(second.units).toEqual({ days: 30 });
  let state = device();
  const start = clock.now().getTime();
  for (const [code, days] of [
    [first.tokens[0].token, 1],
    [second.tokens[0].token, 31],
  ] as const) {
    const entered = enterCode(state, code, clock.now());
    expect([entered.answer, entered.device.activeUntil]).toEqual(['valid', start + days * DAY]);
    expect(enterCode(entered.device, code, clock.now()).answer).toBe('already_used');
    state = entered.device;
  }
});

test('30 purchases at once have 30 rising counts, and the device takes them all', async () => {
  const purchases = await Promise.all(Array.from({ length: 30 }, () => buy('268.75')));
  await Promise.all(purchases.map(({ paymentId }) => billing.untilPublished(TokensIssued, paymentId)));
  const ids = purchases.map(({ paymentId }) => paymentId);
  const rows = await billing.database.rows<{ id: string; tid: number }>(
    'SELECT id, tid FROM billing.vends WHERE id = ANY($1) ORDER BY tid',
    [ids],
  );
  const counts = rows.map(({ tid }) => tid);
  expect(counts).toEqual(counts.map((_, i) => counts[0]! + 2 * i));
  let state: DeviceState = { ...device(), count: counts[0]! - 1 };
  const before = state.activeUntil as number;
  for (const { id } of rows) {
    const entered = enterCode(state, (await vend(id)).tokens[0].token, clock.now());
    expect(entered.answer).toBe('valid');
    state = entered.device;
  }
  expect(state.activeUntil).toBe(before + 30 * DAY);
});

test('a process that died in the call is no second code: the same one is computed again', async () => {
  const { paymentId } = await buy('537.50');
  await billing.untilPublished(TokensIssued, paymentId);
  const { tokens } = await vend(paymentId);
  await billing.database.rows('DELETE FROM billing.vend_tokens WHERE vend_id = $1', [paymentId]);
  await billing.database.rows(`UPDATE billing.vends SET state = 'requested', ended_at = NULL WHERE id = $1`, [
    paymentId,
  ]);
  await billing.database.rows(
    `UPDATE billing.effects SET state = 'started', next_at = $2 WHERE reference = $1`,
    [paymentId, clock.now()],
  );
  const again = await until('it is issued again', async () => {
    const details = await vend(paymentId);
    return details.state === 'issued' && details.tokens;
  });
  expect(again[0].token).toBe(tokens[0].token);
});

test('a tariff of energy sells no time, and one of time no energy', async () => {
  const operator = billing.as(newId(), 'operator');
  const known = { holderName: 'Bola Ige', area: 'Ibadan' };
  for (const [number, kind, tariffId] of [
    ['710000001', 'openpaygo', 'demo-business'],
    ['710000002', 'online', 'demo-solar'],
  ] as const) {
    expect((await operator.put(`/api/ops/meters/${number}`, { ...known, kind, tariffId })).status).toBe(200);
    expect((await quote('1000.00', number)).body.code).toBe('conflict');
  }
  // The kind of the meter is right, and its keys are another's.
  await billing.database.rows('DELETE FROM billing.meter_keys WHERE meter_number = $1', [METER]);
  const { paymentId } = await buy('1000.00', METER);
  const { data } = await billing.untilPublished(VendFailed, paymentId);
  expect(data.code).toBe('meter_not_vendable');
});

test('the demo’s test key is refused in production', async () => {
  const { parts } = billing.running;
  const settings = { ...parts.settings, WATTLINE_MODE: 'production' as const };
  await expect(refuseTestKeys({ ...parts, settings })).rejects.toThrow(
    /1 device\(s\) have a public test key/,
  );
});
