import { newId } from '#kernel';
import { type Answer, startTestService, type TestService, until } from '#testing';
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
const codes = (answers: Answer[]) =>
  answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`);
const count = async (where: string) =>
  (await payment.database.rows(`SELECT 1 FROM payment.payments WHERE ${where}`)).length;

describe('a claim that nobody finished', () => {
  test('is answered by the state of its payment, or by none, which then stays true', async () => {
    const { billId, api } = someoneWithBill();
    const { body } = await api.post('/api/payments', { billId, amount: 50 }, key());
    const settle = (id: string) => payment.asService('billing').post(`/internal/payments/${id}/settle-claim`);
    expect((await settle(body.id)).body).toEqual({ state: 'PENDING' });
    expect((await settle(newId())).body).toEqual({ state: 'none' });
    expect(codes([await api.post(`/internal/payments/${body.id}/settle-claim`)])).toEqual(['403 forbidden']);
  });

  test('a bill whose row somebody else holds is tried again, and one is told when', async () => {
    const { billId, api, bill } = someoneWithBill();
    bill.locked = true;
    const { status, body, headers } = await api.post('/api/payments', { billId, amount: 50 }, key());
    expect([status, body.code, headers.get('retry-after')]).toEqual([409, 'request_in_progress', '1']);
  });

  test('a request that comes back after its claim was settled starts anew', async () => {
    const { billId, api, owner } = someoneWithBill();
    const headers = key('interrupted');
    outside.bills.get(billId)!.claimedBy = newId(); // so that the first request ends after reserving its key
    expect((await api.post('/api/payments', { billId, amount: 50 }, headers)).status).toBe(409);
    const [{ payment_id: reserved }] = (await payment.database.rows(
      `SELECT payment_id FROM payment.request_keys WHERE id LIKE '${owner}%'`,
    )) as [{ payment_id: string }];
    await payment.asService('billing').post(`/internal/payments/${reserved}/settle-claim`);
    outside.bills.get(billId)!.claimedBy = undefined;
    const { status, body } = await api.post('/api/payments', { billId, amount: 50 }, headers);
    expect(status).toBe(202);
    expect(body.id).not.toBe(reserved);
    await until('it is stored', async () => (await count(`id = '${body.id}'`)) === 1);
  });

  test('a payment that is stored while billing asks is either stored or abandoned, never both', async () => {
    for (let round = 0; round < 40; round++) {
      const { billId, api, owner } = someoneWithBill();
      const claimed = new Promise<string>((resolve) => (outside.bills.get(billId)!.onClaim = resolve));
      const request = api.post('/api/payments', { billId, amount: 50 }, key());
      const id = await claimed;
      const settle = () => payment.asService('billing').post(`/internal/payments/${id}/settle-claim`);
      // The claim is answered now, and its question comes a few turns earlier or later.
      const settled = await Promise.all(Array.from({ length: 1 + (round % 8) }, settle));
      const { status } = await request;
      const none = settled.some(({ body }) => body.state === 'none');
      expect([owner, status]).toEqual([owner, none ? 503 : 202]);
      expect(await count(`id = '${id}'`)).toBe(none ? 0 : 1);
    }
  });

  test('a request that comes back before its claim is freed takes the claim over', async () => {
    const { billId, api, owner } = someoneWithBill();
    const headers = key('interrupted-again');
    outside.bills.get(billId)!.claimedBy = newId(); // as above
    expect((await api.post('/api/payments', { billId, amount: 50 }, headers)).status).toBe(409);
    const [{ payment_id: reserved }] = (await payment.database.rows(
      `SELECT payment_id FROM payment.request_keys WHERE id LIKE '${owner}%'`,
    )) as [{ payment_id: string }];
    // It had claimed the bill, and billing has been told that it never will be paid by this one.
    outside.bills.get(billId)!.claimedBy = reserved;
    await payment.asService('billing').post(`/internal/payments/${reserved}/settle-claim`);
    const { status, body } = await api.post('/api/payments', { billId, amount: 50 }, headers);
    expect(status).toBe(202);
    expect(outside.bills.get(billId)!.claimedBy).toBe(body.id);
    expect(body.id).not.toBe(reserved);
  });
});
