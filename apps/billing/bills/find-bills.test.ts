import { FakeClock, newId } from '#kernel';
import { type ApiClient, startTestService, type TestService } from '#testing';
import { billingService } from '../index.js';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let billing: TestService;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock });
});
afterAll(() => billing.stop());

const customer = (userId = newId()) => billing.as(userId);
const operator = () => billing.as(newId(), 'operator');
const newBill = async (api: ApiClient = customer(), body: object = {}) =>
  (await api.post('/api/bills', { amount: '100.50', dueDate: '2026-12-01', ...body })).body;

describe('finding bills', () => {
  test('a customer sees their own bills only, newest first, page by page', async () => {
    const userId = newId();
    const mine = [];
    for (let i = 0; i < 5; i++) mine.unshift((await newBill(customer(userId))).id);
    await newBill();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: { items: { id: string }[]; nextCursor: string | null } } = await customer(
        userId,
      ).get(`/api/bills?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(mine);
  });

  test('an operator sees everybody’s, or those of one customer', async () => {
    const bill = await newBill();
    const all = await operator().get('/api/bills?limit=1');
    expect(all.body.items).toEqual([bill]);
    const other = await newBill();
    const one = await operator().get(`/api/bills?customerId=${bill.customerId}`);
    expect(one.body.items).toEqual([bill]);
    expect((await operator().get(`/api/bills/${other.id}`)).body).toEqual(other);
    const foreign = await customer().get(`/api/bills?customerId=${bill.customerId}`);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'forbidden']);
    expect((await customer(bill.customerId).get(`/api/bills?customerId=${bill.customerId}`)).status).toBe(
      200,
    );
  });

  test('bills are found by status; overdue is a reading of the date', async () => {
    const userId = newId();
    const api = customer(userId);
    const late = await newBill(api, { dueDate: '2026-11-22' });
    const open = await newBill(api, { dueDate: '2026-12-31' });
    const gone = await newBill(api, { dueDate: '2026-11-22' });
    await api.post(`/api/bills/${gone.id}/cancel`);
    const found = async (status: string) => {
      const { body } = await customer(userId).get(`/api/bills?status=${status}`);
      return body.items.map(({ id }: { id: string }) => id);
    };
    expect(await found('unpaid')).toEqual([open.id, late.id]);
    expect(await found('overdue')).toEqual([]);
    expect(await found('cancelled')).toEqual([gone.id]);
    expect(await found('paid')).toEqual([]);
    clock.advance(2 * 24 * 3_600_000);
    expect(await found('overdue')).toEqual([late.id]);
    expect(await found('unpaid')).toEqual([open.id, late.id]);
  });
});
