import {
  FundsCollected,
  FundsHeld,
  FundsRefused,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
} from '#contracts';
import { newId } from '#kernel';
import { type Answer, startTestService, type TestService } from '#testing';
import { paymentService } from '../index.js';
import { type Outside, type OutsideBill, playOutside } from '../testing/outside.js';

let outside: Outside;
let payment: TestService;

beforeAll(async () => {
  outside = await playOutside();
  const { url } = outside;
  payment = await startTestService(paymentService, { environment: { BILLING_URL: url, GATEWAY_URL: url } });
});
afterAll(async () => {
  await payment.stop();
  await outside.close();
});

function someoneWithBill(amount = '50.00') {
  const owner = newId();
  const billId = newId();
  const bill: OutsideBill = { amount, owner };
  outside.bills.set(billId, bill);
  return { owner, billId, bill, api: payment.as(owner) };
}

const key = (value: string = newId()) => ({ 'idempotency-key': value });
const held = (id: string) =>
  payment.publish(FundsHeld, id, { paymentId: id, amount: { amount: '50.00', currency: 'NGN' } });
const refused = (id: string) =>
  payment.publish(FundsRefused, id, {
    paymentId: id,
    amount: { amount: '50.00', currency: 'NGN' },
    code: 'insufficient_funds',
  });
const codes = (answers: Answer[]) =>
  answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`);
const count = async (where: string) =>
  (await payment.database.rows(`SELECT 1 FROM payment.payments WHERE ${where}`)).length;

describe('accepting a payment of a bill', () => {
  test('answers 202 with a link before any money moves, and announces it', async () => {
    const { billId, api, owner } = someoneWithBill();
    const { status, body, headers } = await api.post('/api/payments', { billId, amount: 50 }, key());
    expect(status).toBe(202);
    expect(body).toEqual({
      id: body.id,
      reference: expect.stringMatching(/^P-[0-9A-Z]{12}$/),
      purpose: 'bill',
      status: 'PENDING',
      amount: { amount: '50.00', currency: 'NGN' },
      method: 'wallet',
      billId,
      links: { self: `/api/payments/${body.id}`, timeline: `/api/payments/${body.id}/timeline` },
    });
    expect(headers.get('location')).toBe(body.links.self);
    const { data } = await payment.untilPublished(PaymentInitiated, body.id);
    expect(data).toMatchObject({ payerId: owner, billId, purpose: 'bill', amount: { amount: '50.00' } });
  });

  test('one key sent 50 times in parallel makes one payment, and every answer is the same', async () => {
    const { billId, api } = someoneWithBill();
    const headers = key();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.post('/api/payments', { billId, amount: '50.00' }, headers)),
    );
    expect(new Set(answers.map((it) => JSON.stringify([it.status, it.body]))).size).toBe(1);
    expect(answers[0]!.status).toBe(202);
    expect(answers.filter((it) => it.headers.get('idempotency-replayed') !== 'true')).toHaveLength(1);
    expect(await count(`bill_id = '${billId}'`)).toBe(1);
  });

  test('a bill paid by 20 callers in parallel has one payment; the others are told which', async () => {
    const { billId, api } = someoneWithBill();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/api/payments', { billId, amount: '50.00' }, key())),
    );
    const accepted = answers.filter((it) => it.status === 202);
    expect(accepted).toHaveLength(1);
    expect(new Set(codes(answers.filter((it) => it.status !== 202)))).toEqual(
      new Set(['409 payment_in_progress']),
    );
    const late = await api.post('/api/payments', { billId, amount: '50.00' }, key());
    expect(late.body.links).toEqual({ payment: accepted[0]!.body.links.self });
  });

  test('a key is of one caller and of one body', async () => {
    const [one, other] = [someoneWithBill(), someoneWithBill()];
    const headers = key();
    const first = await one.api.post('/api/payments', { billId: one.billId, amount: 50 }, headers);
    const second = await other.api.post('/api/payments', { billId: other.billId, amount: 50 }, headers);
    const reused = await one.api.post('/api/payments', { billId: newId(), amount: 50 }, headers);
    const written = await one.api.post('/api/payments', { amount: '50.0', billId: one.billId }, headers);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.id).not.toBe(first.body.id);
    expect(codes([reused])).toEqual(['422 idempotency_key_reused']);
    expect(written.body).toEqual(first.body);
  });

  test('a requestReference holds for ever, a header and a reference stand for the same payment', async () => {
    const { billId, api } = someoneWithBill();
    const body = { billId, amount: 50, requestReference: 'order 7' };
    const first = await api.post('/api/payments', body);
    const again = await api.post('/api/payments', body, key());
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    const other = await api.post('/api/payments', { ...body, billId: newId() });
    expect(codes([other])).toEqual(['422 idempotency_key_reused']);
    await refused(first.body.id);
    const afterFailure = await api.post('/api/payments', body);
    expect(afterFailure.body.id).toBe(first.body.id); // a failed one is not retried under its reference
  });

  test('vending pays the bill that was asked for, and needs no key', async () => {
    const { billId, api } = someoneWithBill();
    const wrong = await api.post(`/api/vend/${billId}/pay`, { amount: '49.99' });
    const right = await api.post(`/api/vend/${billId}/pay`);
    const again = await api.post(`/api/vend/${billId}/pay`, {});
    expect(codes([wrong, right, again])).toEqual([
      '422 amount_mismatch',
      '202 PENDING',
      '409 payment_in_progress',
    ]);
    expect(right.body.amount.amount).toBe('50.00');
  });

  test.each([{ status: 'PAID' }, { method: 'cash' }, { currency: 5 }, { amount: null }, [], '"x"'])(
    'vending with %j is refused, and nothing is stored',
    async (body) => {
      const { billId, api } = someoneWithBill();
      expect(codes([await api.post(`/api/vend/${billId}/pay`, body)])).toEqual(['400 validation_failed']);
      expect((await api.get('/api/payments')).body.items).toEqual([]);
    },
  );
});

describe('bad input changes nothing', () => {
  const bad: [string, unknown, string][] = [
    ['zero', { amount: 0 }, '400 validation_failed'],
    ['negative', { amount: '-5.00' }, '400 validation_failed'],
    ['too precise', { amount: '50.001' }, '400 validation_failed'],
    ['not exactly representable', { amount: 0.1 + 0.2 }, '400 validation_failed'],
    ['too large', { amount: '10000000.01' }, '400 validation_failed'],
    ['not a number', { amount: 'fifty' }, '400 validation_failed'],
    ['an object', { amount: { amount: '50.00' } }, '400 validation_failed'],
    ['missing', { amount: undefined }, '400 validation_failed'],
    ['another amount than the bill', { amount: '49.99' }, '422 amount_mismatch'],
    ['another currency', { currency: 'EUR' }, '400 validation_failed'],
    ['unknown member', { status: 'PAID' }, '400 validation_failed'],
    ['unknown method', { method: 'cash' }, '400 validation_failed'],
    ['unknown bill', { billId: newId() }, '404 not_found'],
    ['bill id that is none', { billId: '1; DROP TABLE' }, '400 validation_failed'],
  ];

  test.each(bad)('%s', async (_what, change, expected) => {
    const { billId, api, owner } = someoneWithBill();
    const answer = await api.post('/api/payments', { billId, amount: 50, ...(change as object) }, key());
    expect(codes([answer])).toEqual([expected]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await count(`payer_id = '${owner}'`)).toBe(0);
    expect(outside.bills.get(billId)!.claimedBy).toBeUndefined();
  });

  test('no key, a key that is none, bad JSON, another type of content', async () => {
    const { billId, api } = someoneWithBill();
    const body = { billId, amount: 50 };
    const answers = [
      await api.post('/api/payments', body),
      await api.post('/api/payments', body, key('x'.repeat(256))),
      await api.post('/api/payments', '{"billId":', key()),
      await api.call('POST', '/api/payments', 'billId=1', { 'content-type': 'application/xml', ...key() }),
    ];
    expect(codes(answers)).toEqual([
      '400 idempotency_key_required',
      '400 validation_failed',
      '400 validation_failed',
      '415 unsupported_media_type',
    ]);
  });

  test("another person's payment does not exist", async () => {
    const { billId, api } = someoneWithBill();
    const { body } = await api.post('/api/payments', { billId, amount: 50 }, key());
    const stranger = payment.as(newId());
    for (const path of ['', '/timeline', '/receipt']) {
      expect(codes([await stranger.get(body.links.self + path)])).toEqual(['404 not_found']);
    }
    expect((await stranger.get('/api/payments')).body.items).toEqual([]);
    expect((await payment.as(newId(), 'operator').get(body.links.self)).status).toBe(200);
    expect(codes([await api.get('/api/payments/nonsense')])).toEqual(['404 not_found']);
  });
});

describe('the way of a payment', () => {
  test('held money makes it paid, with a receipt and a timeline', async () => {
    const { billId, api } = someoneWithBill();
    const { body } = await api.post('/api/payments', { billId, amount: 50 }, key());
    expect(codes([await api.get(`${body.links.self}/receipt`)])).toEqual(['409 receipt_not_ready']);
    const waiting = await api.get(body.links.timeline);
    expect(waiting.body).toHaveLength(1);
    expect(waiting.body[0].nextBy > waiting.body[0].at).toBe(true);
    await held(body.id);
    const paid = await api.get(body.links.self);
    expect(paid.body).toMatchObject({
      status: 'PAID',
      inDoubt: false,
      receiptNumber: expect.stringMatching(/^R-/),
    });
    const { data } = await payment.untilPublished(PaymentCompleted, body.id);
    expect(data.receiptNumber).toBe(paid.body.receiptNumber);
    const receipt = await api.get(`${body.links.self}/receipt`);
    expect(receipt.body).toMatchObject({
      receiptNumber: paid.body.receiptNumber,
      amount: { amount: '50.00' },
      billId,
    });
    const steps = (await api.get(body.links.timeline)).body.map((it: { step: string }) => it.step);
    expect(steps).toEqual(['accepted', 'funds_held', 'paid']);
  });

  test('too little money shows as FAILED with its reason, and nothing undoes an end', async () => {
    const { billId, api } = someoneWithBill();
    const { body } = await api.post('/api/payments', { billId, amount: 50 }, key());
    await refused(body.id);
    const failed = await api.get(body.links.self);
    expect(failed.body).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient_funds' } });
    await payment.untilPublished(PaymentFailed, body.id);
    const late = await held(body.id);
    expect((await api.get(body.links.self)).body.status).toBe('FAILED');
    const [dead] = await payment.database.rows('SELECT state, error FROM payment.inbox WHERE event_id = $1', [
      late.id,
    ]);
    expect(dead).toEqual({
      state: 'dead',
      error: 'ImpossibleTransition: payment cannot go from FAILED to PROCESSING',
    });
  });

  test('after a failure the bill can be paid again', async () => {
    const { billId, api } = someoneWithBill();
    const first = await api.post('/api/payments', { billId, amount: 50 }, key());
    await refused(first.body.id);
    outside.bills.get(billId)!.claimedBy = undefined; // billing has heard of the failure
    const second = await api.post('/api/payments', { billId, amount: 50 }, key());
    expect(second.status).toBe(202);
    expect(second.body.id).not.toBe(first.body.id);
  });

  test('lists are filtered by status, purpose, time and text, and go on by cursor', async () => {
    const owner = newId();
    const api = payment.as(owner);
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { body } = await api.post(`/api/wallets/${owner}/add-funds`, { amount: 1 + i }, key());
      made.unshift(body.id);
    }
    await held(made[0]!);
    const ids = async (query: string) =>
      (await api.get(`/api/payments?${query}`)).body.items.map((it: { id: string }) => it.id);
    expect(await ids('status=PAID')).toEqual([made[0]]);
    expect(await ids('purpose=transfer')).toEqual([]);
    expect(await ids('q=top-up&limit=100')).toEqual(made);
    expect(await ids('from=2999-01-01T00:00:00Z')).toEqual([]);
    const page = await api.get('/api/payments?limit=3');
    const rest = await api.get(`/api/payments?limit=3&cursor=${page.body.nextCursor}`);
    expect([...page.body.items, ...rest.body.items].map((it) => it.id)).toEqual(made);
    expect(rest.body.nextCursor).toBeNull();
  });
});

describe('top-ups and transfers', () => {
  test('the sandbox collects at once', async () => {
    const owner = newId();
    const { status, body } = await payment
      .as(owner)
      .post(`/api/wallets/${owner}/add-funds`, { amount: '500' }, key());
    expect([status, body.purpose, body.method]).toEqual([202, 'top_up', 'sandbox']);
    const { data } = await payment.untilPublished(FundsCollected, body.id);
    expect(data).toMatchObject({ provider: 'sandbox', payerId: owner, amount: { amount: '500.00' } });
  });

  test("nobody tops up somebody else's wallet, and money does not come from a wallet", async () => {
    const owner = newId();
    const stranger = await payment.as(newId()).post(`/api/wallets/${owner}/add-funds`, { amount: 5 }, key());
    const circle = await payment
      .as(owner)
      .post(`/api/wallets/${owner}/add-funds`, { amount: 5, method: 'wallet' }, key());
    expect(codes([stranger, circle])).toEqual(['404 not_found', '400 validation_failed']);
  });

  test('a transfer finds its receiver by phone or wallet', async () => {
    const api = payment.as(newId());
    const { status, body } = await api.post(
      '/api/transfers',
      { toPhone: '+2348010000009', amount: 5, note: 'thanks' },
      key(),
    );
    expect([status, body.purpose]).toEqual([202, 'transfer']);
    const { data } = await payment.untilPublished(PaymentInitiated, body.id);
    expect(data).toMatchObject({ payeeId: outside.friend, note: 'thanks', title: 'Transfer to A••• B•••' });
  });

  test('a transfer to nobody, to two, or to oneself is refused', async () => {
    const me = newId();
    const api = payment.as(me);
    const answers = [
      await api.post('/api/transfers', { amount: 5 }, key()),
      await api.post(
        '/api/transfers',
        { amount: 5, toPhone: '+2348010000009', toWalletId: outside.friend },
        key(),
      ),
      await api.post('/api/transfers', { amount: 5, toWalletId: me }, key()),
      await api.post('/api/transfers', { amount: 5, toPhone: '+2348099999999' }, key()),
    ];
    expect(codes(answers)).toEqual([
      '400 validation_failed',
      '400 validation_failed',
      '400 validation_failed',
      '404 not_found',
    ]);
  });
});
