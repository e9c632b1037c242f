import { FundsHeld, FundsRefused, UserRegistered, WalletUpdated } from '#contracts';
import { ImpossibleTransition, newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { walletService } from '../index.js';
import { aPayment, aTopUp, aTransfer, PlayedPayments } from '../testing/played-payments.js';
import { WalletReader } from '../testing/wallet-reader.js';
import { holdMachine, type HoldState } from './hold.machine.js';

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

describe('a payment from the wallet', () => {
  test('holds its amount first: the balance stays, less is available', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    const held = await wallet.untilPublished(FundsHeld, payment.paymentId);
    expect(held.data).toEqual({ paymentId: payment.paymentId, amount: { amount: '50.00', currency: 'NGN' } });
    expect(await read.moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
    expect(await read.announced(payment)).toEqual(['funds_held']);
  });

  test('is taken when it completes, and the owner is told', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    await payments.complete(payment);
    expect(await read.moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
    expect(await read.changesBy(payment)).toEqual(['capture -50.00 70.00 70.00']);
    expect(await read.stateOf(payment)).toBe('captured');
  });

  test('is given back when it fails, and nothing was ever taken', async () => {
    const payment = aPayment({ payerId: await owner('120.00') });
    await payments.initiate(payment);
    await payments.fail(payment);
    expect(await read.moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
    expect(await read.announced(payment)).toEqual(['funds_held']);
    expect(await read.stateOf(payment)).toBe('released');
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
    expect(await read.moneyOf(payerId)).toBe('50.00 0.00 50.00');
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
    expect(await read.moneyOf(payment.payerId)).toBe('0.00 0.00 0.00');
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
    expect(await read.deathOf(event)).toContain('impossible amount');
    expect(await read.moneyOf(payerId)).toBe('50.00 50.00 0.00');
  });

  test('with another method is none of the wallet’s business until its money is collected', async () => {
    const payment = aPayment({ payerId: await owner('50.00'), method: 'sandbox' });
    await payments.initiate(payment);
    expect(await read.stateOf(payment)).toBeUndefined();
  });
});

describe('top-ups', () => {
  test('are their owner’s as soon as they are collected: who is told that one is paid can spend it', async () => {
    const payment = aTopUp(newId(), '100.00');
    await payments.collect(payment);
    await wallet.untilPublished(FundsHeld, payment.paymentId);
    expect(await read.moneyOf(payment.payerId)).toBe('100.00 100.00 0.00');
    expect(await read.changesBy(payment)).toEqual(['top_up 100.00 100.00 100.00']);
    const spent = aPayment({ payerId: payment.payerId, amount: '100.00' });
    await payments.initiate(spent);
    await payments.complete(payment);
    expect(await read.moneyOf(payment.payerId)).toBe('100.00 0.00 100.00');
    expect(await read.announced(spent)).toEqual(['funds_held']);
    expect(await read.changesBy(payment)).toHaveLength(1);
  });

  test('that fail after they were collected stay in the wallet', async () => {
    const payment = aTopUp(newId(), '100.00');
    await payments.collect(payment);
    await payments.fail(payment);
    expect(await read.moneyOf(payment.payerId)).toBe('100.00 100.00 0.00');
    expect(await read.changesBy(payment)).toHaveLength(1);
  });

  test('reach a wallet whose owner is registered only afterwards', async () => {
    const userId = await owner('30.00');
    const person = { userId, role: 'household' as const, language: 'en', sealedContact: 'sealed' };
    await wallet.publish(UserRegistered, userId, person);
    expect(await read.moneyOf(userId)).toBe('30.00 30.00 0.00');
  });
});

test('a bill paid with collected money: what came in goes out, and the rest of the wallet stays', async () => {
  const payment = aPayment({ payerId: await owner('10.00'), method: 'sandbox' });
  await payments.collect(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('60.00 10.00 50.00');
  await payments.complete(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('10.00 10.00 0.00');
});

test('a payment that fails after its money was collected is refunded into the wallet', async () => {
  const payment = aPayment({ method: 'sandbox' });
  await payments.collect(payment);
  await payments.fail(payment);
  await payments.fail(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('50.00 50.00 0.00');
  expect(await read.changesBy(payment)).toEqual(['refund 50.00 50.00 50.00']);
});

describe('a transfer', () => {
  test('reaches a person whose wallet nobody has opened', async () => {
    const [payerId, payeeId] = [await owner('80.00'), newId()];
    const transfer = aTransfer(payerId, payeeId, '30.00', 'for lunch');
    await payments.initiate(transfer);
    await payments.complete(transfer);
    expect([await read.moneyOf(payerId), await read.moneyOf(payeeId)]).toEqual([
      '50.00 50.00 0.00',
      '30.00 30.00 0.00',
    ]);
    expect((await read.changesBy(transfer)).sort()).toEqual([
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
    expect(await read.moneyOf(payerId)).toBe('80.00 80.00 0.00');
  });

  test('to nobody stays held, for an operator to look at', async () => {
    const payerId = await owner('80.00');
    const transfer = { ...aTransfer(payerId, newId(), '30.00'), payeeId: undefined };
    await payments.initiate(transfer);
    const event = await payments.complete(transfer);
    expect(await read.deathOf(event)).toContain('has no payee');
    expect(await read.moneyOf(payerId)).toBe('80.00 50.00 30.00');
  });
});

test('a hold goes from held to captured or released, from captured to refunded, and nowhere else', () => {
  const states = Object.keys(holdMachine.states) as HoldState[];
  const arrows = states.flatMap((from) =>
    states.filter((to) => holdMachine.can(from, to)).map((to) => `${from}>${to}`),
  );
  expect(arrows).toEqual(['held>captured', 'held>released', 'captured>refunded']);
  expect(() => holdMachine.move('captured', 'released')).toThrow(ImpossibleTransition);
});
