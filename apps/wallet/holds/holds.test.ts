import {
  type Envelope,
  FundsHeld,
  FundsRefused,
  PaymentCompleted,
  PaymentInitiated,
  type PayloadOf,
  typeOf,
  UserRegistered,
  WalletUpdated,
} from '#contracts';
import { FakeClock, ImpossibleTransition, newId } from '#kernel';
import { startTestService, type TestService, until } from '#testing';
import { walletService } from '../index.js';
import { aPayment, aTopUp, aTransfer, type Payment, PlayedPayments } from '../testing/played-payments.js';
import { holdMachine, type HoldState } from './hold.machine.js';

const clock = new FakeClock();
let wallet: TestService;
let payments: PlayedPayments;

beforeAll(async () => {
  wallet = await startTestService(walletService, { clock });
  payments = new PlayedPayments(wallet);
});
afterAll(() => wallet.stop());
afterEach(booksAreInOrder);

async function booksAreInOrder(): Promise<void> {
  const { body } = await wallet.asService('gateway').get('/internal/ledger/verify');
  expect(body).toEqual({ intact: true, faults: [] });
  const [sum] = await wallet.database.rows(`SELECT sum(balance)::text AS of_all FROM wallet.accounts`);
  expect(sum).toEqual({ of_all: '0' });
}

/** Somebody with that much in the wallet. */
async function owner(balance: string): Promise<string> {
  const userId = newId();
  await payments.topUp(userId, balance);
  return userId;
}

/** `balance available held` of a person. */
async function moneyOf(userId: string): Promise<string> {
  const { body } = await wallet.as(userId).get('/api/wallet');
  return [body.balance, body.available, body.held].map((it) => it.amount).join(' ');
}

/** What the wallet has announced about a payment, as committed with its causes. */
async function announced({ paymentId }: Payment): Promise<Envelope[]> {
  const rows = await wallet.database.rows<{ envelope: string }>(
    `SELECT envelope FROM wallet.outbox WHERE envelope::json -> 'data' ->> 'paymentId' = $1 ORDER BY id`,
    [paymentId],
  );
  return rows.map((row) => JSON.parse(row.envelope) as Envelope);
}

const kindsAnnounced = async (payment: Payment) =>
  (await announced(payment)).map(({ type }) => type.replace(/^wattline\.|\.v1$/g, ''));

/** The wallet's balance changes that were announced for a payment, as `change amount balance available`. */
async function changesBy(payment: Payment): Promise<string[]> {
  return (await announced(payment))
    .filter(({ type }) => type === typeOf(WalletUpdated))
    .map(({ data }) => {
      const { change, amount, balance, available } = data as PayloadOf<typeof WalletUpdated>;
      return `${change} ${amount.amount} ${balance.amount} ${available.amount}`;
    });
}

const deadLetters = async (eventId: string) => {
  const { body } = await wallet.asService('gateway').get('/internal/ops/dead-letters');
  return body.filter((it: { id: string }) => it.id === eventId).map((it: { error: string }) => it.error);
};

/** Handled without a fault, however often it came. */
async function expectHandled(...events: Envelope[]): Promise<void> {
  const rows = await wallet.database.rows<{ state: string }>(
    'SELECT state FROM wallet.inbox WHERE event_id = ANY($1)',
    [events.map(({ id }) => id)],
  );
  expect(rows.map(({ state }) => state)).toEqual(events.map(() => 'done'));
}

const stateOf = async ({ paymentId }: Payment) => {
  const [row] = await wallet.database.rows('SELECT state FROM wallet.holds WHERE id = $1', [paymentId]);
  return row?.state;
};

describe('a payment from the wallet', () => {
  test('holds its amount first: the balance stays, less is available', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    const held = await wallet.untilPublished(FundsHeld, payment.paymentId);
    expect(held.data).toEqual({ paymentId: payment.paymentId, amount: { amount: '50.00', currency: 'NGN' } });
    expect(await moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
    expect(await kindsAnnounced(payment)).toEqual(['funds_held']);
  });

  test('is taken when it completes, and the owner is told', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    await payments.complete(payment);
    expect(await moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
    expect(await changesBy(payment)).toEqual(['capture -50.00 70.00 70.00']);
    expect(await stateOf(payment)).toBe('captured');
  });

  test('is given back when it fails, and nothing was ever taken', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    await payments.fail(payment);
    expect(await moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
    expect(await kindsAnnounced(payment)).toEqual(['funds_held']);
    expect(await stateOf(payment)).toBe('released');
  });

  test('of the last kobo is possible, of one kobo more is refused', async () => {
    const payerId = await owner('50.00');
    const tooMuch = aPayment({ payerId, amount: '50.01' });
    await payments.initiate(tooMuch);
    const refused = await wallet.untilPublished(FundsRefused, tooMuch.paymentId);
    expect(refused.data.code).toBe('insufficient_funds');
    const all = aPayment({ payerId, amount: '50.00' });
    await payments.initiate(all);
    await wallet.untilPublished(FundsHeld, all.paymentId);
    expect(await moneyOf(payerId)).toBe('50.00 0.00 50.00');
  });

  test('from a wallet that nobody has opened is refused', async () => {
    const payment = aPayment();
    await payments.initiate(payment);
    const { data } = await wallet.untilPublished(FundsRefused, payment.paymentId);
    expect(data).toEqual({
      paymentId: payment.paymentId,
      amount: payment.amount,
      code: 'insufficient_funds',
    });
    await payments.fail(payment);
    expect(await moneyOf(payment.payerId)).toBe('0.00 0.00 0.00');
  });

  test('in another currency than the wallet is refused', async () => {
    const payment = {
      ...aPayment({ payerId: await owner('50.00') }),
      amount: { amount: '5', currency: 'RWF' },
    };
    await payments.initiate(payment);
    expect((await wallet.untilPublished(FundsRefused, payment.paymentId)).data.code).toBe(
      'currency_mismatch',
    );
  });

  test.each(['0.00', '-5.00', '0.001'])('of %s is no payment: its event is dead at once', async (amount) => {
    const payerId = await owner('50.00');
    const event = await payments.initiate(aPayment({ payerId, amount }));
    expect(await deadLetters(event.id)).toEqual([expect.stringContaining('impossible amount')]);
    expect(await moneyOf(payerId)).toBe('50.00 50.00 0.00');
  });

  test('with another method is none of the wallet’s business until its money is collected', async () => {
    const payment = aPayment({ payerId: await owner('50.00'), method: 'sandbox' });
    await payments.initiate(payment);
    expect(await stateOf(payment)).toBeUndefined();
  });
});

describe('twice, late and out of order', () => {
  test('a hold asked for twice is placed once, and answered once', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    const event = await payments.initiate(payment);
    const again = await payments.initiate(payment);
    await wallet.send(PaymentInitiated.name, JSON.stringify([event]));
    await expectHandled(event, again);
    expect(await moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
    expect(await kindsAnnounced(payment)).toEqual(['funds_held']);
  });

  test('a capture that comes twice takes once', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    const [event, twin] = await Promise.all([payments.complete(payment), payments.complete(payment)]);
    const late = await payments.complete(payment);
    await wallet.send(PaymentCompleted.name, JSON.stringify([event, event]));
    await expectHandled(event, twin, late);
    expect(await moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
    expect(await changesBy(payment)).toHaveLength(1);
  });

  test('a release that comes twice releases once', async () => {
    const payerId = await owner('120.00');
    const [payment, other] = [aPayment({ payerId }), aPayment({ payerId })];
    await Promise.all([payments.initiate(payment), payments.initiate(other)]);
    const twins = await Promise.all([payments.fail(payment), payments.fail(payment)]);
    await expectHandled(...twins, await payments.fail(payment));
    expect(await moneyOf(payerId)).toBe('120.00 70.00 50.00');
  });

  test('money that was collected is credited once, however often it is told', async () => {
    const payment = aTopUp(newId(), '50.00');
    const twins = await Promise.all([payments.collect(payment), payments.collect(payment)]);
    const told = await payments.complete(payment);
    await expectHandled(...twins, told, await payments.collect(payment), await payments.complete(payment));
    expect(await moneyOf(payment.payerId)).toBe('50.00 50.00 0.00');
    expect(await changesBy(payment)).toEqual(['top_up 50.00 50.00 50.00']);
  });

  test('a payment that completes before its hold is heard of is taken once the hold is there', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.complete(payment);
    expect(await moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
    await payments.initiate(payment);
    clock.advance(1_000);
    await until('the completion is tried again', async () => (await stateOf(payment)) === 'captured');
    expect(await moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
  });

  test('a payment that failed before its hold is heard of never holds anything', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.fail(payment);
    await payments.initiate(payment);
    expect(await moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
    expect(await kindsAnnounced(payment)).toEqual([]);
  });

  test('money collected for a payment that has failed stays in the wallet, credited once', async () => {
    const payment = aPayment({ method: 'sandbox' });
    await payments.fail(payment);
    await expectHandled(await payments.collect(payment), await payments.collect(payment));
    expect(await moneyOf(payment.payerId)).toBe('50.00 50.00 0.00');
    expect(await changesBy(payment)).toEqual(['refund 50.00 50.00 50.00']);
  });

  test('a late failure does not undo what was delivered; it waits for an operator', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    await payments.complete(payment);
    const event = await payments.fail(payment);
    expect(await moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
    expect(await deadLetters(event.id)).toEqual([expect.stringContaining('captured to released')]);
  });

  test('a late completion takes nothing from a payment that has failed; it waits for an operator', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    await payments.fail(payment);
    const event = await payments.complete(payment);
    expect(await moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
    expect(await deadLetters(event.id)).toEqual([expect.stringContaining('released to captured')]);
  });

  test('a failure that follows a refusal writes nothing', async () => {
    const payment = aPayment({ payerId: await owner('10.00') });
    await payments.initiate(payment);
    await payments.fail(payment);
    expect(await kindsAnnounced(payment)).toEqual(['funds_refused']);
    expect(await moneyOf(payment.payerId)).toBe('10.00 10.00 0.00');
  });

  test('a completion of another amount, or of another payer, takes nothing', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    const other = await payments.complete({ ...payment, amount: { amount: '5.00', currency: 'NGN' } });
    const stranger = await payments.complete({ ...payment, payerId: newId() });
    for (const { id } of [other, stranger]) {
      expect(await deadLetters(id)).toEqual([expect.stringContaining('not what was held')]);
    }
    expect(await moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
  });

  test('a hold does not expire', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    clock.advance(400 * 86_400_000);
    expect(await moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
    await payments.complete(payment);
    expect(await moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
  });
});

describe('top-ups', () => {
  test('are held until they complete, then they are told', async () => {
    const payment = aTopUp(newId(), '100.00');
    await payments.collect(payment);
    await wallet.untilPublished(FundsHeld, payment.paymentId);
    expect(await moneyOf(payment.payerId)).toBe('100.00 0.00 100.00');
    await payments.complete(payment);
    expect(await changesBy(payment)).toEqual(['top_up 100.00 100.00 100.00']);
  });

  test('reach a wallet whose owner is registered only afterwards', async () => {
    const userId = await owner('30.00');
    const person = { userId, role: 'household' as const, language: 'en', sealedContact: 'sealed' };
    await wallet.publish(UserRegistered, userId, person);
    expect(await moneyOf(userId)).toBe('30.00 30.00 0.00');
  });
});

test('a bill paid with collected money: what came in goes out, and the rest of the wallet stays', async () => {
  const payment = aPayment({ payerId: await owner('10.00'), method: 'sandbox' });
  await payments.collect(payment);
  expect(await moneyOf(payment.payerId)).toBe('60.00 10.00 50.00');
  await payments.complete(payment);
  expect(await moneyOf(payment.payerId)).toBe('10.00 10.00 0.00');
});

test('a payment that fails after its money was collected is refunded into the wallet', async () => {
  const payment = aPayment({ method: 'sandbox' });
  await payments.collect(payment);
  await payments.fail(payment);
  await payments.fail(payment);
  expect(await moneyOf(payment.payerId)).toBe('50.00 50.00 0.00');
  expect(await changesBy(payment)).toEqual(['refund 50.00 50.00 50.00']);
});

describe('a transfer', () => {
  test('reaches a person whose wallet nobody has opened', async () => {
    const [payerId, payeeId] = [await owner('80.00'), newId()];
    const transfer = aTransfer(payerId, payeeId, '30.00', 'for lunch');
    await payments.initiate(transfer);
    await payments.complete(transfer);
    expect([await moneyOf(payerId), await moneyOf(payeeId)]).toEqual([
      '50.00 50.00 0.00',
      '30.00 30.00 0.00',
    ]);
    expect((await changesBy(transfer)).sort()).toEqual([
      'transfer_in 30.00 30.00 30.00',
      'transfer_out -30.00 50.00 50.00',
    ]);
    const told = await wallet.untilPublished(WalletUpdated, payeeId);
    expect(told.data).toMatchObject({ ownerId: payeeId, change: 'transfer_in', note: 'for lunch' });
  });

  test('to oneself moves nothing and leaves nothing held', async () => {
    const payerId = await owner('80.00');
    const transfer = aTransfer(payerId, payerId, '30.00');
    await payments.initiate(transfer);
    await payments.complete(transfer);
    expect(await moneyOf(payerId)).toBe('80.00 80.00 0.00');
  });

  test('to nobody stays held, for an operator to look at', async () => {
    const payerId = await owner('80.00');
    const transfer = { ...aTransfer(payerId, newId(), '30.00'), payeeId: undefined };
    await payments.initiate(transfer);
    const event = await payments.complete(transfer);
    expect(await deadLetters(event.id)).toEqual([expect.stringContaining('has no payee')]);
    expect(await moneyOf(payerId)).toBe('80.00 50.00 30.00');
  });
});

test('a hold goes from held to captured or released, and nowhere else', () => {
  const states = Object.keys(holdMachine.states) as HoldState[];
  const arrows = states.flatMap((from) =>
    states.filter((to) => holdMachine.can(from, to)).map((to) => `${from}>${to}`),
  );
  expect(arrows).toEqual(['held>captured', 'held>released']);
  expect(() => holdMachine.move('captured', 'released')).toThrow(ImpossibleTransition);
});
