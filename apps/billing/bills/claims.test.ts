import pg from 'pg';
import { type ClaimedBill, SUBSCRIPTIONS } from '#contracts';
import { FakeClock, type MoneyJson, newId } from '#kernel';
import { EmbeddedBus } from '#messaging';
import { type RunningService, runService, signCaller } from '#service-host';
import { type Answer, ApiClient, startTestService, type TestService } from '#testing';
import type { BillingSettings } from '../billing-settings.js';
import { billingService } from '../index.js';
import { claimBill, claimTogether } from '../testing/claim-bill.js';

const clock = new FakeClock();
let billing: TestService<BillingSettings>;
/** A second instance of the service on the same database. */
let second: RunningService<BillingSettings>;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock });
  const { DATABASE_URL, INTERNAL_SECRET, TOKEN_SECRET } = billing.running.parts.settings;
  second = await runService(billingService, {
    environment: { DATABASE_URL, INTERNAL_SECRET, TOKEN_SECRET, PORT: '0', LOG_LEVEL: 'silent' },
    transport: new EmbeddedBus(SUBSCRIPTIONS).transport(),
    clock,
  });
});
afterAll(async () => {
  await second.close();
  await billing.stop();
});

interface TestBill {
  id: string;
  number: string;
  customerId: string;
  amount: MoneyJson;
}

async function newBill(amount = '50.00'): Promise<TestBill> {
  const { body } = await billing.as(newId()).post('/api/bills', { amount, dueDate: '2999-12-31' });
  return body;
}

const paymentService = () => billing.asService('payment');
function secondInstance(): ApiClient {
  const caller = { kind: 'service', service: 'payment', correlationId: newId() } as const;
  const { INTERNAL_SECRET } = billing.running.parts.settings;
  const now = clock.now().getTime();
  return new ApiClient(second.url, { 'x-wattline-caller': signCaller(caller, INTERNAL_SECRET, now) });
}
const claim = (bill: TestBill, paymentId: string, more: object = {}, api = paymentService()) =>
  claimBill(api, { billId: bill.id, paymentId, payerId: bill.customerId, ...more });
const aCallLater = <T>(then: () => Promise<T>) => paymentService().get('/health/live').then(then);
const outcome = ({ status, body }: Pick<Answer, 'status' | 'body'>) =>
  status === 200 ? 'claimed' : body.code;
const stored = async (bill: TestBill) =>
  (await billing.database.rows('SELECT * FROM billing.bills WHERE id = $1', [bill.id]))[0]!;
const seen = async (bill: TestBill) => (await billing.as(bill.customerId).get(`/api/bills/${bill.id}`)).body;

describe('claiming', () => {
  test('a payment inherits the claim of one that never will be stored, and no other', async () => {
    const bill = await newBill();
    const [lost, other, paymentId] = [newId(), newId(), newId()];
    await claim(bill, lost);
    expect(outcome(await claim(bill, paymentId, { insteadOf: [other] }))).toBe('payment_in_progress');
    expect(outcome(await claim(bill, paymentId, { insteadOf: [other, lost] }))).toBe('claimed');
    expect(outcome(await claim(bill, paymentId, { insteadOf: [other, lost] }))).toBe('claimed');
    expect((await stored(bill)).claimed_by).toBe(paymentId);
    expect(outcome(await claim(bill, lost))).toBe('payment_in_progress');
  });

  test('the same payment may claim again and gets the same answer', async () => {
    const bill = await newBill();
    const paymentId = newId();
    const first = await claim(bill, paymentId, { amount: 50 });
    const answer: ClaimedBill = {
      billId: bill.id,
      number: bill.number,
      kind: 'bill',
      amount: bill.amount,
      title: `Bill ${bill.number}`,
    };
    expect([first.status, first.body]).toEqual([200, answer]);
    const before = await stored(bill);
    clock.advance(1_000);
    const again = await Promise.all(Array.from({ length: 10 }, () => claim(bill, paymentId)));
    expect(again.map(({ body }) => body)).toEqual(again.map(() => answer));
    expect(await stored(bill)).toEqual(before);
    expect(await seen(bill)).toMatchObject({ status: 'unpaid', paymentId });
  });

  test.each(['one instance', 'two instances'])(
    '20 payments at once, %s: exactly one has the bill',
    async (where) => {
      for (let round = 0; round < 5; round++) {
        const bill = await newBill();
        const payments = Array.from({ length: 20 }, () => newId());
        const api = (i: number) => (where === 'two instances' && i % 2 ? secondInstance() : paymentService());
        const answers = await Promise.all(payments.map((id, i) => claim(bill, id, {}, api(i))));
        const outcomes = answers.map(outcome);
        expect(outcomes.filter((it) => it === 'claimed')).toHaveLength(1);
        expect(outcomes.filter((it) => it === 'payment_in_progress')).toHaveLength(19);
        const winner = payments[outcomes.indexOf('claimed')]!;
        expect((await stored(bill)).claimed_by).toBe(winner);
        const loser = answers[outcomes.indexOf('payment_in_progress')]!;
        expect(loser.body.links).toEqual({ payment: `/api/payments/${winner}` });
      }
    },
  );

  test('refusals come in the order of the contract', async () => {
    const bill = await newBill();
    const stranger = await claim(bill, newId(), { payerId: newId(), amount: 1 });
    expect(outcome(stranger)).toBe('not_found');
    const other = await claim(bill, newId(), { amount: '50.01' });
    expect([other.status, other.body.code]).toEqual([422, 'amount_mismatch']);
    const paymentId = newId();
    await claim(bill, paymentId, { amount: '50' });
    expect(outcome(await claim(bill, newId(), { amount: 1 }))).toBe('amount_mismatch');
    expect(outcome(await claim(bill, paymentId, { amount: 1 }))).toBe('amount_mismatch');
    expect(outcome(await claim(bill, newId(), { amount: 50 }))).toBe('payment_in_progress');
    await billing.database.rows(
      `UPDATE billing.bills SET status = 'paid', payment_id = claimed_by, paid_at = now(), claimed_by = NULL,
       claimed_at = NULL WHERE id = $1`,
      [bill.id],
    );
    expect(outcome(await claim(bill, newId(), { amount: 1 }))).toBe('bill_not_payable');
    expect(outcome(await claim(bill, newId(), { payerId: newId() }))).toBe('not_found');
    expect(outcome(await claim(bill, paymentId))).toBe('claimed'); // it has it; nobody is told anything new
  });

  test('claims that travel together are answered each on its own', async () => {
    const [mine, taken] = [await newBill(), await newBill()];
    await claim(taken, newId());
    const asked = [taken, mine, { ...mine, id: newId() }];
    const answers = await claimTogether(
      paymentService(),
      asked.map(({ id, customerId }) => ({ billId: id, paymentId: newId(), payerId: customerId })),
    );
    expect(answers.map(outcome)).toEqual(['payment_in_progress', 'claimed', 'not_found']);
    expect((await stored(mine)).claimed_by).not.toBeNull();
  });

  test('a bill that somebody else holds makes nobody wait but its own payer', async () => {
    const bills = await Promise.all(Array.from({ length: 8 }, () => newBill()));
    const claims = bills.map(({ id, customerId }) => ({
      billId: id,
      paymentId: newId(),
      payerId: customerId,
    }));
    const holder = new pg.Client({ connectionString: billing.database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM billing.bills WHERE id = $1 FOR UPDATE', [bills[3]!.id]);
    const answers = await claimTogether(paymentService(), claims);
    await holder.query('ROLLBACK');
    await holder.end();
    const expected = bills.map((_, i) => (i === 3 ? 'request_in_progress' : 'claimed'));
    expect(answers.map(outcome)).toEqual(expected);
    const again = await claimTogether(paymentService(), claims);
    expect(again.map(outcome)).toEqual(bills.map(() => 'claimed'));
  });

  test('a bill above what is paid without a proof is not promised, and stays free', async () => {
    const bill = await newBill('50.01');
    const paymentId = newId();
    for (const more of [{}, { amount: '50.01' }]) {
      const refused = await claim(bill, paymentId, { ...more, atMost: 50 });
      expect([refused.status, refused.body.code]).toEqual([403, 'step_up_required']);
    }
    expect((await stored(bill)).claimed_by).toBeNull();
    expect(outcome(await claim(bill, paymentId))).toBe('claimed'); // proved: no limit is named
    expect(outcome(await claim(bill, paymentId, { atMost: 50 }))).toBe('claimed'); // it has it already
    expect(outcome(await claim(await newBill('50.00'), newId(), { atMost: 50 }))).toBe('claimed');
  });

  test('while a payment is under way nobody changes or cancels the bill, an operator neither', async () => {
    const bill = await newBill();
    const paymentId = newId();
    await claim(bill, paymentId);
    const before = await stored(bill);
    for (const api of [billing.as(bill.customerId), billing.as(newId(), 'operator')]) {
      for (const answer of [
        await api.patch(`/api/bills/${bill.id}`, { amount: 1 }),
        await api.post(`/api/bills/${bill.id}/cancel`),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([409, 'payment_in_progress']);
        expect(answer.body.links).toEqual({ payment: `/api/payments/${paymentId}` });
      }
    }
    expect(await stored(bill)).toEqual(before);
  });

  test.each([
    ['cancel', 'one instance'],
    ['cancel', 'two instances'],
    ['change', 'one instance'],
    ['change', 'two instances'],
  ])('a claim meets a %s, 40 rounds, %s: one of them wins, and the bill agrees', async (what, where) => {
    const wins = { claim: 0, edit: 0 };
    for (let round = 0; round < 40; round++) {
      const bill = await newBill('50.00');
      const owner = billing.as(bill.customerId);
      const edit = () =>
        what === 'cancel'
          ? owner.post(`/api/bills/${bill.id}/cancel`)
          : owner.patch(`/api/bills/${bill.id}`, { amount: '60.00' });
      const claiming = () =>
        claim(
          bill,
          newId(),
          { amount: '50.00' },
          where === 'two instances' ? secondInstance() : paymentService(),
        );
      // One of them sets out a call later, in turn, so that both have their chance.
      const [claimed, edited] = await Promise.all([
        round % 3 === 1 ? aCallLater(claiming) : claiming(),
        round % 3 === 2 ? aCallLater(edit) : edit(),
      ]);
      const row = await stored(bill);
      if (claimed.status === 200) {
        wins.claim += 1;
        expect([edited.status, edited.body.code]).toEqual([409, 'payment_in_progress']);
        expect(row).toMatchObject({ status: 'unpaid', amount: '5000', claimed_by: expect.any(String) });
      } else {
        wins.edit += 1;
        expect(edited.status).toBe(200);
        expect(outcome(claimed)).toBe(what === 'cancel' ? 'bill_not_payable' : 'amount_mismatch');
        const after =
          what === 'cancel' ? { status: 'cancelled', amount: '5000' } : { status: 'unpaid', amount: '6000' };
        expect(row).toMatchObject({ ...after, claimed_by: null });
      }
    }
    expect(wins.claim + wins.edit).toBe(40);
    expect(Math.min(wins.claim, wins.edit)).toBeGreaterThan(0);
  });
});
