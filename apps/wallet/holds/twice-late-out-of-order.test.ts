import { type Envelope, PaymentCompleted, PaymentInitiated } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { startTestService, type TestService, until } from '#testing';
import { walletService } from '../index.js';
import { aPayment, aTopUp, PlayedPayments } from '../testing/played-payments.js';
import { WalletReader } from '../testing/wallet-reader.js';

const clock = new FakeClock();
let wallet: TestService;
let payments: PlayedPayments;
let read: WalletReader;

beforeAll(async () => {
  wallet = await startTestService(walletService, { clock });
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

/** Handled without a fault, however often they came. */
async function expectHandled(...events: Envelope[]): Promise<void> {
  expect(await read.handling(...events)).toEqual(events.map(() => 'done'));
}

test('a hold asked for twice is placed once, and answered once', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  const event = await payments.initiate(payment);
  const again = await payments.initiate(payment);
  await wallet.send(PaymentInitiated.name, JSON.stringify([event]));
  await expectHandled(event, again);
  expect(await read.moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
  expect(await read.announced(payment)).toEqual(['funds_held']);
});

test('a capture that comes twice takes once', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.initiate(payment);
  const [event, twin] = await Promise.all([payments.complete(payment), payments.complete(payment)]);
  const late = await payments.complete(payment);
  await wallet.send(PaymentCompleted.name, JSON.stringify([event, event]));
  await expectHandled(event, twin, late);
  expect(await read.moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
  expect(await read.changesBy(payment)).toHaveLength(1);
});

test('a release that comes twice releases once', async () => {
  const payerId = await owner('120.00');
  const [payment, other] = [aPayment({ payerId }), aPayment({ payerId })];
  await Promise.all([payments.initiate(payment), payments.initiate(other)]);
  const twins = await Promise.all([payments.fail(payment), payments.fail(payment)]);
  await expectHandled(...twins, await payments.fail(payment));
  expect(await read.moneyOf(payerId)).toBe('120.00 70.00 50.00');
});

test('money that was collected is credited once, however often it is told', async () => {
  const payment = aTopUp(newId(), '50.00');
  const twins = await Promise.all([payments.collect(payment), payments.collect(payment)]);
  const told = await payments.complete(payment);
  await expectHandled(...twins, told, await payments.collect(payment), await payments.complete(payment));
  expect(await read.moneyOf(payment.payerId)).toBe('50.00 50.00 0.00');
  expect(await read.changesBy(payment)).toEqual(['top_up 50.00 50.00 50.00']);
});

test('a payment that completes before its hold is heard of is taken once the hold is there', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.complete(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
  await payments.initiate(payment);
  clock.advance(1_000);
  await until('the completion is tried again', async () => (await read.stateOf(payment)) === 'captured');
  expect(await read.moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
});

test('a payment that failed before its hold is heard of never holds anything', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.fail(payment);
  await payments.initiate(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
  expect(await read.announced(payment)).toEqual([]);
});

test('money collected for a payment that has failed stays in the wallet, credited once', async () => {
  const payment = aPayment({ method: 'sandbox' });
  await payments.fail(payment);
  await expectHandled(await payments.collect(payment), await payments.collect(payment));
  expect(await read.moneyOf(payment.payerId)).toBe('50.00 50.00 0.00');
  expect(await read.changesBy(payment)).toEqual(['refund 50.00 50.00 50.00']);
});

test('a late failure does not undo what was delivered; it waits for an operator', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.initiate(payment);
  await payments.complete(payment);
  const event = await payments.fail(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
  expect(await read.deathOf(event)).toContain('captured to released');
});

test('a late completion takes nothing from a payment that has failed; it waits for an operator', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.initiate(payment);
  await payments.fail(payment);
  const event = await payments.complete(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('120.00 120.00 0.00');
  expect(await read.deathOf(event)).toContain('released to captured');
});

test('a failure that follows a refusal writes nothing', async () => {
  const payment = aPayment({ payerId: await owner('10.00') });
  await payments.initiate(payment);
  await payments.fail(payment);
  expect(await read.announced(payment)).toEqual(['funds_refused']);
  expect(await read.moneyOf(payment.payerId)).toBe('10.00 10.00 0.00');
});

test('a completion of another amount, or of another payer, takes nothing', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.initiate(payment);
  const other = await payments.complete({ ...payment, amount: { amount: '5.00', currency: 'NGN' } });
  const stranger = await payments.complete({ ...payment, payerId: newId() });
  for (const event of [other, stranger]) {
    expect(await read.deathOf(event)).toContain('not what was held');
  }
  expect(await read.moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
});

test('a hold does not expire', async () => {
  const payment = aPayment({ payerId: await owner('120.00') });
  await payments.initiate(payment);
  clock.advance(400 * 86_400_000);
  expect(await read.moneyOf(payment.payerId)).toBe('120.00 70.00 50.00');
  await payments.complete(payment);
  expect(await read.moneyOf(payment.payerId)).toBe('70.00 70.00 0.00');
});
