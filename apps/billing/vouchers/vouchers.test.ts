import {
  BillCreated,
  PaymentCompleted,
  VoucherCodesMade,
  VouchersGranted,
  VouchersReleased,
} from '#contracts';
import { FakeClock, newId } from '#kernel';
import { type Answer, type ApiClient, type Json, until } from '#testing';
import { ExpireVouchers } from './expire-vouchers.js';
import { METER, VoucherWorld } from './testing/voucher-world.js';
import { claimBill } from '../testing/claim-bill.js';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let world: VoucherWorld;
let operator: ApiClient;
let school: ApiClient;

beforeAll(async () => {
  world = await VoucherWorld.start(clock, { APPROVAL_LIMIT: '50000', GRANT_LIMIT_KWH: '100' });
  operator = world.operator;
  school = world.billing.as(world.school, 'institution');
});
afterAll(() => world.billing.stop());

const outcome = ({ status, body }: Answer) => `${status} ${body.code ?? ''}`.trim();
const released = (batchId: string) =>
  world.billing.published
    .filter(({ type, subject }) => type.includes(VouchersReleased.name) && subject === batchId)
    .map(({ data }) => data as Json);

/** A batch of the school's, whose bill this pays as the payment service would. */
async function ordered(more: object = {}): Promise<Json> {
  const { status, body } = await school.post('/api/vouchers', world.order(more));
  expect([status, body.codes, body.state]).toEqual([201, undefined, 'waiting']);
  return body;
}
async function pay(batch: Json): Promise<void> {
  const paymentId = newId();
  const claim = { billId: batch.id, paymentId, payerId: batch.ownerId };
  const claimed = await claimBill(world.billing.asService('payment'), claim);
  expect(claimed).toMatchObject({ status: 200, body: { kind: 'vouchers', amount: batch.total } });
  await world.billing.publish(PaymentCompleted, paymentId, {
    ...{ paymentId, reference: 'P-1', purpose: 'vouchers', method: 'wallet', payerId: batch.ownerId },
    ...{ billId: batch.id, amount: batch.total, title: claimed.body.title, receiptNumber: 'R-1' },
    completedAt: clock.now().toISOString(),
  });
  await until(
    'the batch is funded',
    async () => (await school.get(batch.links.self)).body.state === 'funded',
  );
}

describe('a batch that an operator gives', () => {
  test('has its codes and its sheet once, and they stand nowhere else', async () => {
    const batch = await world.given({ count: 3, utility: 'Demo Electric' });
    expect(batch).toMatchObject({
      ...{ state: 'funded', funding: 'grant', count: 3, ownerId: world.ngozi, utility: 'Demo Electric' },
      ...{ amount: { amount: '1000.00', currency: 'NGN' }, total: { amount: '3000.00', currency: 'NGN' } },
      counts: { unused: 3, redeeming: 0, redeemed: 0, expired: 0, void: 0 },
    });
    expect(Buffer.from(batch.sheet, 'base64').subarray(0, 5).toString()).toBe('%PDF-');
    const codes = (batch.codes as { code: string }[]).map(({ code }) => code);
    expect(new Set(codes.map((it) => /^\d{18}$/.test(it) && it)).size).toBe(3);
    const granted = await world.billing.untilPublished(VouchersGranted, batch.id);
    expect(granted.data).toMatchObject({ count: 3, amount: batch.total, by: world.ngozi, reason: 'a test' });
    await world.billing.untilPublished(VoucherCodesMade, batch.id);
    const details = await operator.get(batch.links.self);
    const everything = JSON.stringify([world.billing.published, details.body]);
    for (const code of codes) {
      expect(await world.tablesWith(code)).toEqual([]);
      expect(everything).not.toContain(code);
    }
    expect(details.body.vouchers).toMatchObject([1, 2, 3].map((serial) => ({ serial, state: 'unused' })));
  });

  test('gets new codes when its answer was lost; the old ones are then nobody’s', async () => {
    const batch = await world.given({ count: 2 });
    expect(outcome(await operator.post(`${batch.links.self}/codes`, {}))).toBe('409 conflict');
    const again = await operator.post(`${batch.links.self}/codes`, { replace: true });
    expect([again.status, again.body.codes.length]).toEqual([200, 2]);
    expect(outcome(await world.redeem(batch.codes[0].code))).toBe('404 voucher_unknown');
    expect((await world.redeem(again.body.codes[0].code)).status).toBe(202);
  });

  test.each([
    ['money', { count: 11, amount: '5000.00' }],
    ['energy', { count: 21, amount: undefined, kwh: '5' }],
  ])('above the limit takes two persons, of %s', async (_what, more) => {
    const batch = await world.given(more);
    expect([batch.state, batch.codes, batch.sheet]).toEqual(['waiting', undefined, undefined]);
    const path = `${batch.links.self}/codes`;
    expect(outcome(await operator.post(path, {}))).toBe('403 second_person_required');
    const emeka = newId();
    const second = await world.billing.as(emeka, 'operator').post(path, {});
    expect(second).toMatchObject({ status: 200, body: { state: 'funded', approvedBy: emeka } });
    const { data } = await world.billing.untilPublished(VouchersGranted, batch.id);
    expect(data).toMatchObject({ by: world.ngozi, approvedBy: emeka, count: more.count });
    expect((await world.redeem(second.body.codes[0].code)).status).toBe(202);
  });
});

describe('a batch of an institution', () => {
  test('is a bill first; paid, it has codes, for the institution alone', async () => {
    const batch = await ordered({ count: 4, amount: '250.00' });
    const { data } = await world.billing.untilPublished(BillCreated, batch.id);
    expect(data).toMatchObject({ kind: 'vouchers', amount: batch.total, customerId: world.school });
    const path = `${batch.links.self}/codes`;
    expect(outcome(await school.post(path, {}))).toBe('409 conflict');
    await pay(batch);
    expect(outcome(await operator.post(path, {}))).toBe('403 forbidden');
    expect(outcome(await world.billing.as(newId(), 'institution').post(path, {}))).toBe('404 not_found');
    const { body } = await school.post(path, {});
    expect(body.codes).toHaveLength(4);
    expect((await world.redeem(body.codes[3].code)).status).toBe(202);
    await until('one is redeemed', async () => {
      const { items } = (await school.get('/api/vouchers')).body;
      return items[0].counts.redeemed === 1 && items[0].counts.unused === 3;
    });
  });

  test('is not changed by its bill, and goes when that is cancelled', async () => {
    const batch = await ordered();
    expect(outcome(await school.patch(batch.links.bill, { amount: '1.00' }))).toBe('409 conflict');
    expect(outcome(await school.post(`${batch.links.self}/void`, { reason: 'not now' }))).toBe(
      '409 conflict',
    );
    expect((await school.post(`${batch.links.bill}/cancel`)).status).toBe(200);
    expect((await school.get(batch.links.self)).body.state).toBe('cancelled');
  });

  test('when it is void, gives back what it is worth to whoever paid', async () => {
    const batch = await ordered({ count: 3 });
    await pay(batch);
    const { body: made } = await school.post(`${batch.links.self}/codes`, {});
    const { body } = await school.post(`${batch.links.self}/void`, {
      reason: 'two were lost',
      serials: [1, 3],
    });
    expect(body).toMatchObject({ counts: { unused: 1, void: 2 } });
    expect(body.vouchers[0]).toMatchObject({ state: 'void', reason: 'two were lost' });
    await world.billing.untilPublished(VouchersReleased, batch.id);
    expect(released(batch.id)).toMatchObject([
      { funding: 'payment', ownerId: world.school, why: 'void', count: 2, amount: { amount: '2000.00' } },
    ]);
    expect(outcome(await world.redeem(made.codes[0].code))).toBe('409 voucher_void');
    const again = { reason: 'once more', serials: [1, 3] };
    expect(outcome(await school.post(`${batch.links.self}/void`, again))).toBe('409 conflict');
  });
});

describe('refused:', () => {
  test.each<[string, object, string]>([
    ['none', { count: 0 }, '#/count'],
    ['too many', { count: 501 }, '#/count'],
    ['worth nothing', { amount: '0' }, '#/amount'],
    ['worth money and energy', { kwh: '1' }, '#/amount'],
    ['worth neither', { amount: undefined }, '#/amount'],
    ['a part of a token', { amount: undefined, kwh: '0.05' }, '#/kwh'],
    ['another currency', { currency: 'KES' }, '#/currency'],
    ['too much of them all', { count: 500, amount: '20001' }, '#/count'],
    ['a day that is over', { expiresOn: '2026-11-20' }, '#/expiresOn'],
    ['a day that is none', { expiresOn: '2027-02-30' }, '#/expiresOn'],
    ['a day far away', { expiresOn: '2032-11-22' }, '#/expiresOn'],
    ['a utility that nobody knows', { utility: 'Nowhere' }, '#/utility'],
    ['no reason', { reason: '  ' }, '#/reason'],
  ])('vouchers that are %s', async (_what, more, pointer) => {
    const answer = await operator.post('/api/vouchers', world.order(more));
    expect([outcome(answer), answer.body.errors?.[0].pointer]).toEqual(['400 validation_failed', pointer]);
  });

  test('vouchers of a household, and energy of an institution', async () => {
    const household = world.billing.as(newId());
    expect(outcome(await household.post('/api/vouchers', world.order()))).toBe('403 forbidden');
    const energy = world.order({ amount: undefined, kwh: '5' });
    expect(outcome(await school.post('/api/vouchers', energy))).toBe('403 forbidden');
    expect((await household.get('/api/vouchers')).body.items).toEqual([]);
  });
});

describe('a voucher that nobody redeems', () => {
  test('expires after its last day, once, and its value goes back', async () => {
    const batch = await world.given({ count: 3, expiresOn: '2026-11-30' });
    await world.redeem(batch.codes[0].code, METER);
    await until('one is redeemed', async () => (await world.countsOf(batch.id)).redeemed === 1);
    const expire = world.billing.running.app.get(ExpireVouchers);
    clock.advance(9 * 24 * 3_600_000); // the last day
    expect(await expire.runOnce()).toBe(0);
    clock.advance(12 * 3_600_000);
    expect(await world.countsOf(batch.id)).toMatchObject({ unused: 0, expired: 2 }); // by its date
    const rounds = await Promise.all([expire.runOnce(), expire.runOnce(), expire.runOnce()]);
    expect(rounds.reduce((sum, it) => sum + it, 0)).toBe(2);
    await world.billing.untilPublished(VouchersReleased, batch.id);
    expect(released(batch.id)).toMatchObject([
      { funding: 'grant', why: 'expired', count: 2, amount: { amount: '2000.00' } },
    ]);
    expect(await world.countsOf(batch.id)).toMatchObject({ unused: 0, redeemed: 1, expired: 2 });
    expect(outcome(await world.redeem(batch.codes[1].code))).toBe('409 voucher_expired');
  });
});
