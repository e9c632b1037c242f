import { UserRegistered } from '#contracts';
import { newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { walletService } from '../index.js';
import { aPayment, aTransfer, PlayedPayments } from '../testing/played-payments.js';

let wallet: TestService;
let payments: PlayedPayments;

beforeAll(async () => {
  wallet = await startTestService(walletService);
  payments = new PlayedPayments(wallet);
});
afterAll(() => wallet.stop());

const naira = (amount: string) => ({ amount, currency: 'NGN' });
const money = (balance: string, available = balance, held = '0.00') => ({
  currency: 'NGN',
  balance: naira(balance),
  available: naira(available),
  held: naira(held),
});

async function register(userId = newId()): Promise<string> {
  await wallet.publish(UserRegistered, userId, {
    userId,
    role: 'household',
    language: 'en',
    sealedContact: 'sealed',
  });
  return userId;
}

async function owner(balance: string): Promise<string> {
  const userId = newId();
  await payments.topUp(userId, balance);
  return userId;
}

test('whoever registers has an empty wallet under their own id', async () => {
  const userId = await register();
  const { status, body } = await wallet.as(userId).get('/api/wallet');
  expect([status, body]).toEqual([200, { id: userId, ...money('0.00') }]);
  const rows = await wallet.database.rows('SELECT 1 FROM wallet.accounts WHERE owner_id = $1', [userId]);
  expect(rows).toHaveLength(1);
});

test('a wallet that nothing has opened yet is empty, not missing', async () => {
  const userId = newId();
  const own = wallet.as(userId);
  expect((await own.get('/api/wallet')).body).toEqual({ id: userId, ...money('0.00') });
  expect((await own.get(`/api/wallets/${userId}`)).body).toEqual({ id: userId, ...money('0.00') });
  expect((await own.get(`/api/wallets/${userId}/entries`)).body).toEqual({ items: [], nextCursor: null });
});

test('adding funds changes the balance', async () => {
  const userId = await register();
  await payments.topUp(userId, '900.00');
  await payments.topUp(userId, '0.01');
  await payments.initiate(aPayment({ payerId: userId, amount: '50.00' }));
  const { body } = await wallet.as(userId).get('/api/wallet');
  expect(body).toEqual({ id: userId, ...money('900.01', '850.01', '50.00') });
});

describe('somebody else’s wallet', () => {
  test.each(['', '/entries'])('/api/wallets/{id}%s is not there', async (path) => {
    const walletId = await owner('10.00');
    const { status, body } = await wallet.as(newId()).get(`/api/wallets/${walletId}${path}`);
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(JSON.stringify(body)).not.toContain('10.00');
  });

  test('is there for an operator, with its statement', async () => {
    const walletId = await owner('10.00');
    const operator = wallet.as(newId(), 'operator');
    expect((await operator.get(`/api/wallets/${walletId}`)).body).toEqual({
      id: walletId,
      ...money('10.00'),
    });
    expect((await operator.get(`/api/wallets/${walletId}/entries`)).body.items).toHaveLength(1);
  });
});

test.each(['not-an-id', 'billers:NGN', 'clearing:sandbox:NGN', '%00', newId(), newId().toUpperCase()])(
  'there is no wallet %s, not even for an operator',
  async (walletId) => {
    for (const path of ['', '/entries']) {
      const { status } = await wallet
        .as(newId(), 'operator')
        .get(`/api/wallets/${encodeURIComponent(walletId)}${path}`);
      expect(status).toBe(404);
    }
  },
);

test('without a signed caller there is no answer', async () => {
  const { status, body } = await wallet
    .as(newId())
    .with({ 'x-wattline-caller': 'forged.signature' })
    .get('/api/wallet');
  expect([status, body.code]).toEqual([401, 'unauthorized']);
});

describe('the statement', () => {
  test('tells what changed the balance, newest first', async () => {
    const [userId, friend] = [await owner('100.00'), await owner('20.00')];
    const bill = aPayment({ payerId: userId, amount: '30.00', title: 'Bill B-1' });
    const gift = aTransfer(userId, friend, '15.00', 'for lunch');
    const quiet = aTransfer(friend, userId, '5.00');
    const failed = aPayment({ payerId: userId, amount: '1.00' });
    for (const payment of [bill, gift, quiet, failed]) await payments.initiate(payment);
    await payments.complete(bill);
    await payments.complete(gift);
    await payments.complete(quiet);
    await payments.fail(failed);
    const { body } = await wallet.as(userId).get(`/api/wallets/${userId}/entries`);
    const line = (kind: string, amount: string, after: string, paymentId: string, note?: string) => ({
      id: expect.any(String),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      kind,
      amount: naira(amount),
      balanceAfter: naira(after),
      paymentId,
      ...(note && { note }),
    });
    expect(body).toEqual({
      items: [
        line('transfer_in', '5.00', '60.00', quiet.paymentId), // its title is the sender's own
        line('transfer_out', '-15.00', '55.00', gift.paymentId, 'for lunch'),
        line('capture', '-30.00', '70.00', bill.paymentId, 'Bill B-1'),
        line('top_up', '100.00', '100.00', expect.any(String) as string, 'Wallet top-up'),
      ],
      nextCursor: null,
    });
  });

  test('comes in pages, without a gap and without a repetition, also while new lines arrive', async () => {
    const userId = newId();
    for (let i = 1; i <= 7; i++) await payments.topUp(userId, `${i}.00`);
    const own = wallet.as(userId);
    const first = (await own.get(`/api/wallets/${userId}/entries?limit=3`)).body;
    await payments.topUp(userId, '99.00');
    const second = (await own.get(`/api/wallets/${userId}/entries?limit=3&cursor=${first.nextCursor}`)).body;
    const third = (await own.get(`/api/wallets/${userId}/entries?limit=3&cursor=${second.nextCursor}`)).body;
    const amounts = [first, second, third].map((page) =>
      page.items.map((it: { amount: { amount: string } }) => it.amount.amount),
    );
    expect(amounts).toEqual([['7.00', '6.00', '5.00'], ['4.00', '3.00', '2.00'], ['1.00']]);
    expect(third.nextCursor).toBeNull();
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense', 'walletId=1'])(
    'refuses ?%s',
    async (query) => {
      const userId = newId();
      const { status, body } = await wallet.as(userId).get(`/api/wallets/${userId}/entries?${query}`);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    },
  );
});
