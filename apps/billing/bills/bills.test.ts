import { fastify, type FastifyInstance } from 'fastify';
import { BillCancelled, BillChanged, BillCreated, type FindUser, type Gathered } from '#contracts';
import { FakeClock, isId, newId } from '#kernel';
import { CALLER_HEADER, readCaller } from '#service-host';
import { startTestService, type TestService } from '#testing';
import { billingService } from '../index.js';

let billing: TestService;
let gateway: FastifyInstance;
const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
/** Who has an account, as the gateway knows it. */
const people = new Map<string, string>();
let asked: FindUser[] = [];

beforeAll(async () => {
  gateway = fastify();
  gateway.post('/internal/users/find', (request) => {
    const secret = billing.running.parts.settings.INTERNAL_SECRET;
    const caller = readCaller(String(request.headers[CALLER_HEADER]), secret, clock.now().getTime());
    expect(caller).toMatchObject({ kind: 'service', service: 'billing' });
    const answers = (request.body as Gathered<FindUser>).questions.map(({ asked: { userId = '' } }) => {
      asked.push({ userId });
      const maskedName = people.get(userId);
      return maskedName ? { value: { userId, maskedName } } : { problem: { code: 'not_found' } };
    });
    return Promise.resolve({ answers });
  });
  const GATEWAY_URL = await gateway.listen({ host: '127.0.0.1', port: 0 });
  billing = await startTestService(billingService, { clock, environment: { GATEWAY_URL } });
});
afterAll(async () => {
  await billing.stop();
  await gateway.close();
});
beforeEach(() => {
  asked = [];
});

const customer = (userId = newId()) => {
  people.set(userId, 'A••• B•••');
  return billing.as(userId);
};
const operator = () => billing.as(newId(), 'operator');
const BILL = { amount: '100.50', dueDate: '2026-12-01' };
const newBill = async (api = customer(), body: object = {}) => {
  const { status, body: bill } = await api.post('/api/bills', { ...BILL, ...body });
  expect([status, bill.code]).toEqual([201, undefined]);
  return bill;
};
const eventsAbout = (id: string) => billing.published.filter((event) => event.subject === id);

describe('making a bill', () => {
  test('a customer bills themselves, and bill_created tells everybody else', async () => {
    const userId = newId();
    const { status, body: bill } = await customer(userId).post('/api/bills', {
      amount: 100.5,
      dueDate: '2026-12-01',
      description: ' Rent, November ',
      meterNumber: '04123456784',
    });
    expect(status).toBe(201);
    expect(bill).toEqual({
      id: expect.any(String),
      number: expect.stringMatching(/^B-[0-9A-Z]{12}$/),
      status: 'unpaid',
      overdue: false,
      kind: 'bill',
      amount: { amount: '100.50', currency: 'NGN' },
      dueDate: '2026-12-01',
      customerId: userId,
      selfIssued: true,
      description: 'Rent, November',
      meterNumber: '04123456784',
      createdAt: '2026-11-21T12:00:00.000Z',
    });
    expect(isId(bill.id)).toBe(true);
    const event = await billing.untilPublished(BillCreated, bill.id);
    expect(event.data).toEqual({
      billId: bill.id,
      number: bill.number,
      kind: 'bill',
      customerId: userId,
      amount: bill.amount,
      dueDate: '2026-12-01',
      description: 'Rent, November',
      meterNumber: '04123456784',
    });
    expect(asked).toEqual([]); // who bills themselves exists
  });

  test('an operator bills a customer whom the gateway knows', async () => {
    const userId = newId();
    const api = customer(userId);
    const bill = await newBill(operator(), { customerId: userId });
    expect(bill).toMatchObject({ customerId: userId, selfIssued: false });
    expect(asked).toEqual([{ userId }]);
    const seen = await api.get(`/api/bills/${bill.id}`);
    expect(seen.body).toEqual(bill);
  });

  test('50 bills made at the same time are 50 bills', async () => {
    const api = customer();
    const bills = await Promise.all(Array.from({ length: 50 }, () => newBill(api)));
    expect(new Set(bills.map(({ number }) => number)).size).toBe(50);
    await Promise.all(bills.map(({ id }) => billing.untilPublished(BillCreated, id)));
    expect(bills.map(({ id }) => eventsAbout(id).length)).toEqual(bills.map(() => 1));
  });

  test('whom the gateway does not know cannot be billed; while it is away nobody else can be', async () => {
    const stranger = await operator().post('/api/bills', { ...BILL, customerId: newId() });
    expect([stranger.status, stranger.body.code]).toEqual([400, 'validation_failed']);
    expect(stranger.body.errors).toEqual([{ detail: 'nobody has this id', pointer: '#/customerId' }]);

    const away = await startTestService(billingService, {
      environment: { GATEWAY_URL: 'http://127.0.0.1:9' },
    });
    const answer = await away
      .as(newId(), 'operator')
      .post('/api/bills', { amount: 5, dueDate: '2999-01-01', customerId: newId() });
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await away.database.rows('SELECT 1 FROM billing.bills')).toEqual([]);
    await away.stop();
  });

  test('the due date ends with the day in Lagos, not in London', async () => {
    const night = new FakeClock(Date.UTC(2026, 10, 21, 23, 30)); // half past midnight in Lagos
    const service = await startTestService(billingService, { clock: night });
    const api = service.as(newId());
    const yesterday = await api.post('/api/bills', { amount: 5, dueDate: '2026-11-21' });
    expect(yesterday.body.errors).toEqual([
      { detail: 'is in the past: today is 2026-11-22', pointer: '#/dueDate' },
    ]);
    const { body: bill } = await api.post('/api/bills', { amount: 5, dueDate: '2026-11-22' });
    expect(bill.overdue).toBe(false);
    night.advance(24 * 3_600_000);
    const later = await service.as(bill.customerId).get(`/api/bills/${bill.id}`);
    expect(later.body).toMatchObject({ status: 'unpaid', overdue: true });
    await service.stop();
  });
});

describe('changing and cancelling', () => {
  test('a customer changes a bill of their own making, and bill_changed carries it as it is now', async () => {
    const api = customer();
    const bill = await newBill(api, { description: 'old' });
    const change = { amount: '75', dueDate: '2027-01-31', description: 'new' };
    const { status, body } = await api.patch(`/api/bills/${bill.id}`, change);
    const changed = { ...bill, ...change, amount: { amount: '75.00', currency: 'NGN' } };
    expect([status, body]).toEqual([200, changed]);
    expect((await api.get(`/api/bills/${bill.id}`)).body).toEqual(changed);
    const event = await billing.untilPublished(BillChanged, bill.id);
    expect(event.data).toMatchObject({
      amount: { amount: '75.00' },
      dueDate: '2027-01-31',
      description: 'new',
    });

    const { body: bare } = await api.patch(`/api/bills/${bill.id}`, { description: ' ' });
    expect(bare.description).toBeUndefined();
  });

  test('a change that changes nothing is told to nobody', async () => {
    const api = customer();
    const bill = await newBill(api);
    const same = await api.patch(`/api/bills/${bill.id}`, { amount: 100.5, dueDate: BILL.dueDate });
    expect([same.status, same.body]).toEqual([200, bill]);
    await api.post(`/api/bills/${bill.id}/cancel`);
    await billing.untilPublished(BillCancelled, bill.id);
    expect(eventsAbout(bill.id).map(({ type }) => type)).not.toContain('wattline.bill_changed.v1');
  });

  test('a bill is cancelled once, and then neither changed nor cancelled', async () => {
    const api = customer();
    const bill = await newBill(api);
    const cancelled = await api.post(`/api/bills/${bill.id}/cancel`);
    expect([cancelled.status, cancelled.body]).toEqual([200, { ...bill, status: 'cancelled' }]);
    for (const again of [
      await api.post(`/api/bills/${bill.id}/cancel`),
      await api.patch(`/api/bills/${bill.id}`, { amount: 1 }),
    ]) {
      expect([again.status, again.body.code]).toEqual([409, 'bill_not_payable']);
    }
    await billing.untilPublished(BillCancelled, bill.id);
    expect(eventsAbout(bill.id)).toHaveLength(2);
  });

  test('what an operator billed, the customer sees but neither changes nor cancels; an operator does both', async () => {
    const userId = newId();
    const api = customer(userId);
    const bill = await newBill(operator(), { customerId: userId });
    for (const refused of [
      await api.patch(`/api/bills/${bill.id}`, { amount: 1 }),
      await api.post(`/api/bills/${bill.id}/cancel`),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    }
    expect((await api.get(`/api/bills/${bill.id}`)).body).toEqual(bill);
    const changed = await operator().patch(`/api/bills/${bill.id}`, { amount: 20 });
    expect(changed.body.amount.amount).toBe('20.00');
    const gone = await operator().post(`/api/bills/${bill.id}/cancel`);
    expect(gone.body.status).toBe('cancelled');
  });

  test('20 cancellations at once: one cancels, one event', async () => {
    const api = customer();
    const bill = await newBill(api);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post(`/api/bills/${bill.id}/cancel`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'bill_not_payable')).toHaveLength(19);
    await billing.untilPublished(BillCancelled, bill.id);
    expect(eventsAbout(bill.id)).toHaveLength(2);
  });
});

test('every member of every body and query is in the OpenAPI', async () => {
  const { body } = await billing.as(newId()).get('/openapi.json');
  const schema = (name: string) => Object.keys(body.components.schemas[name].properties as object).sort();
  expect(schema('CreateBillBody')).toEqual([
    'amount',
    'currency',
    'customerId',
    'description',
    'dueDate',
    'meterNumber',
  ]);
  expect(schema('ChangeBillBody')).toEqual(['amount', 'currency', 'description', 'dueDate']);
  expect(schema('VerifyBody')).toEqual(['amount', 'currency', 'meterNumber']);
  const query = body.paths['/api/bills'].get.parameters.map(({ name }: { name: string }) => name).sort();
  expect(query).toEqual(['cursor', 'customerId', 'limit', 'status']);
  expect(Object.keys(body.paths as object).filter((path) => path.startsWith('/internal'))).toEqual([]);
});
