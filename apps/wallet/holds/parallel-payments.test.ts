import {
  type EventDefinition,
  FundsCollected,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
  type PayloadOf,
} from '#contracts';
import { newId } from '#kernel';
import { Tx, wrap } from '#messaging';
import { type Batch, failureKind, UnitOfWork, type WorkContext } from '#persistence';
import { startTestService, type TestService } from '#testing';
import { walletService } from '../index.js';
import {
  aPayment,
  aTopUp,
  aTransfer,
  completed,
  type Payment,
  PlayedPayments,
} from '../testing/played-payments.js';
import { WalletReader } from '../testing/wallet-reader.js';
import { OnFundsCollected } from './on-funds-collected.js';
import { OnPaymentCompleted } from './on-payment-completed.js';
import { OnPaymentFailed } from './on-payment-failed.js';
import { OnPaymentInitiated } from './on-payment-initiated.js';

let wallet: TestService;
let payments: PlayedPayments;
let read: WalletReader;

beforeAll(async () => {
  wallet = await startTestService(walletService);
  payments = new PlayedPayments(wallet);
  read = new WalletReader(wallet);
});
afterAll(() => wallet.stop());
afterEach(async () => expect(await read.books()).toEqual({ intact: true, faults: [], sum: '0' }));

/** Somebody with that much in the wallet. */
async function owner(balance: string): Promise<string> {
  const userId = newId();
  await payments.topUp(userId, balance);
  return userId;
}

async function statesOf(all: Payment[]): Promise<Record<string, string[]>> {
  const rows = await wallet.database.rows<{ id: string; state: string }>(
    'SELECT id, state FROM wallet.holds WHERE id = ANY($1)',
    [all.map(({ paymentId }) => paymentId)],
  );
  const byState: Record<string, string[]> = {};
  for (const { id, state } of rows) (byState[state] ??= []).push(id);
  return byState;
}

const many = <T>(howMany: number, make: (index: number) => T): T[] =>
  Array.from({ length: howMany }, (_, i) => make(i));

/** A work that lost its place to another transaction is taken up again, as the library's consumer does. */
async function asAConsumer(run: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const kind = failureKind(error);
      if (kind !== 'collision' && kind !== 'locked') throw error;
    }
  }
}

/** The service's handlers as several processes would run them: four transactions at a time, three events in each. */
function fourProcesses() {
  const { parts, app } = wallet.running;
  const seen = { transactions: 0, works: 0 };
  const make = (batch: Batch, context: WorkContext) => {
    seen.transactions += 1; // one view of a transaction for each time that a work is run
    return new Tx(batch, context, parts);
  };
  const work = new UnitOfWork<Tx>(parts.dataSource, make, { batchSize: 3, paceMillis: 0, lanes: 4 });
  const run =
    <E extends EventDefinition>(
      event: E,
      handle: (envelope: ReturnType<typeof wrap<E>>, tx: Tx) => Promise<void>,
    ) =>
    (payload: PayloadOf<E>) => {
      seen.works += 1;
      const context = { correlationId: newId() };
      const envelope = wrap(event, newId(), payload, parts.clock, context);
      return asAConsumer(() => work.run(context, (tx) => handle(envelope, tx)));
    };
  const initiated = app.get(OnPaymentInitiated, { strict: false });
  const collected = app.get(OnFundsCollected, { strict: false });
  const taken = app.get(OnPaymentCompleted, { strict: false });
  const freed = app.get(OnPaymentFailed, { strict: false });
  const [take, free] = [
    run(PaymentCompleted, (event, tx) => taken.take(event, tx)),
    run(PaymentFailed, (event, tx) => freed.free(event, tx)),
  ];
  return {
    seen,
    initiate: run(PaymentInitiated, (event, tx) => initiated.reserve(event, tx)),
    collect: (payment: Payment) =>
      run(FundsCollected, (event, tx) => collected.credit(event, tx))({ ...payment, provider: 'sandbox' }),
    complete: (payment: Payment) => take(completed(payment)),
    fail: (payment: Payment) => free({ ...payment, code: 'declined', reason: 'Declined.' }),
  };
}

test('40 payments of 50.00 at once on a wallet of 900.00: 18 are paid, 22 refused, and 0.00 is left', async () => {
  const payerId = await owner('900.00');
  const all = many(40, () => aPayment({ payerId, amount: '50.00' }));
  await Promise.all(all.map(payments.initiate));
  const { held = [], refused = [] } = await statesOf(all);
  expect([held.length, refused.length]).toEqual([18, 22]);
  expect(await read.moneyOf(payerId)).toBe('900.00 0.00 900.00');
  await Promise.all(all.filter(({ paymentId }) => held.includes(paymentId)).map(payments.complete));
  await Promise.all(all.filter(({ paymentId }) => refused.includes(paymentId)).map(payments.fail));
  expect(await read.moneyOf(payerId)).toBe('0.00 0.00 0.00');
});

test('what a failed payment held is there for the next one, though both come in one batch', async () => {
  const payers = await Promise.all(many(20, () => owner('50.00')));
  const failing = payers.map((payerId) => aPayment({ payerId, amount: '50.00' }));
  await Promise.all(failing.map(payments.initiate));
  const next = payers.map((payerId) => aPayment({ payerId, amount: '50.00' }));
  await Promise.all(failing.flatMap((payment, i) => [payments.fail(payment), payments.initiate(next[i]!)]));
  expect(Object.keys(await statesOf(next))).toEqual(['held']);
});

describe('several processes at once', () => {
  test('40 payments of 50.00 on a wallet of 900.00: 18 are paid, 22 refused, and 0.00 is left', async () => {
    const payerId = await owner('900.00');
    const all = many(40, () => aPayment({ payerId, amount: '50.00' }));
    const they = fourProcesses();
    await Promise.all(all.map(they.initiate));
    const { held = [], refused = [] } = await statesOf(all);
    expect([held.length, refused.length]).toEqual([18, 22]);
    await Promise.all(
      all
        .filter(({ paymentId }) => held.includes(paymentId))
        .flatMap((it) => [they.complete(it), they.complete(it)]),
    );
    expect(await read.moneyOf(payerId)).toBe('0.00 0.00 0.00');
    expect(they.seen.transactions).toBe(they.seen.works); // none had to be run again
  });

  test('two wallets that pay each other do not deadlock, and end as they began', async () => {
    const [one, other] = [await owner('500.00'), await owner('500.00')];
    const all = many(80, (i) => (i % 2 ? aTransfer(one, other, '10.00') : aTransfer(other, one, '10.00')));
    const they = fourProcesses();
    await Promise.all(all.map(they.initiate));
    await Promise.all(all.map(they.complete));
    expect([await read.moneyOf(one), await read.moneyOf(other)]).toEqual([
      '500.00 500.00 0.00',
      '500.00 500.00 0.00',
    ]);
    expect(they.seen.transactions).toBe(they.seen.works); // none had to be run again
  });

  test('a payment that completes while it fails ends in one of the two, and its money with it', async () => {
    const payers = await Promise.all(many(20, () => owner('80.00')));
    const all = payers.map((payerId) => aTransfer(payerId, newId(), '50.00'));
    await Promise.all(all.map(payments.initiate));
    const they = fourProcesses();
    await Promise.allSettled(all.flatMap((payment) => [they.complete(payment), they.fail(payment)]));
    for (const payment of all) {
      const left = { captured: '30.00 30.00 0.00', released: '80.00 80.00 0.00' };
      const state = await read.stateOf(payment);
      expect(await read.moneyOf(payment.payerId)).toBe(left[state as keyof typeof left]);
    }
  });

  test('40 touch a wallet that nobody has opened: it is opened once, and all of them count', async () => {
    const [payeeId, payerId] = [newId(), await owner('200.00')];
    const topUps = many(20, () => aTopUp(payeeId, '5.00'));
    const transfers = many(20, () => aTransfer(payerId, payeeId, '10.00'));
    const they = fourProcesses();
    await Promise.all(transfers.map(payments.initiate));
    await Promise.all([...topUps.map(they.collect), ...transfers.map(they.complete)]);
    expect(await read.moneyOf(payeeId)).toBe('300.00 300.00 0.00');
    await Promise.all(topUps.map(they.complete));
    expect(await read.moneyOf(payeeId)).toBe('300.00 300.00 0.00');
    const { body } = await wallet.as(payeeId).get(`/api/wallets/${payeeId}/entries?limit=100`);
    expect(body.items).toHaveLength(40);
  });
});
