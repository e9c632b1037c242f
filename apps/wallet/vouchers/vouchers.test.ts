import {
  type PayloadOf,
  VoucherRedeemed,
  VouchersGranted,
  VouchersReleased,
  WalletUpdated,
} from '#contracts';
import { FakeClock, newId, numberFor } from '#kernel';
import { startTestService, type TestService, until } from '#testing';
import { walletService } from '../index.js';
import { aPayment, PlayedPayments } from '../testing/played-payments.js';
import { WalletReader } from '../testing/wallet-reader.js';

// Every message arrives twice.
let wallet: TestService;
let payments: PlayedPayments;
let reader: WalletReader;

beforeAll(async () => {
  wallet = await startTestService(walletService, { clock: new FakeClock() });
  payments = new PlayedPayments(wallet);
  reader = new WalletReader(wallet);
});
afterAll(() => wallet.stop());

const naira = (amount: string) => ({ amount, currency: 'NGN' });
/** `vouchers grants billers` in minor units: credits minus debits. */
async function accounts(): Promise<string> {
  const rows = await wallet.database.rows<{ balance: string }>(
    `SELECT balance FROM wallet.accounts WHERE id IN ('vouchers:NGN', 'grants:NGN', 'billers:NGN')
     ORDER BY kind = 'vouchers' DESC, kind = 'grants' DESC`,
  );
  return rows.map(({ balance }) => balance).join(' ');
}
const untilAccounts = (wanted: string) =>
  until(`the accounts are ${wanted}`, async () => (await accounts()) === wanted);
const inOrder = async () => expect(await reader.books()).toEqual({ intact: true, faults: [], sum: '0' });

const granted = (batchId: string, amount: string) =>
  wallet.publish(VouchersGranted, batchId, {
    ...{ batchId, by: newId(), count: 4, amount: naira(amount), expiresOn: '2027-06-30', reason: 'a test' },
  });
const redeemed = (batchId: string, amount: string, voucherId = newId()) =>
  wallet.publish(VoucherRedeemed, voucherId, {
    ...{ voucherId, batchId, vendId: newId(), redeemerId: newId(), meterNumber: '04987654326' },
    ...{ amount: naira(amount), units: { kwh: '5' } },
  });
const released = (
  facts: Pick<PayloadOf<typeof VouchersReleased>, 'batchId' | 'ownerId' | 'funding'>,
  amount: string,
) =>
  wallet.publish(VouchersReleased, facts.batchId, {
    ...{ releaseId: newId(), ...facts, why: 'expired', count: 2, amount: naira(amount) },
  });

test('what operators give is set aside, owed to the utility when it is redeemed, and goes back when it is not', async () => {
  const batchId = newId();
  await granted(batchId, '4000.00');
  await untilAccounts('400000 -400000 0');
  await inOrder();
  await redeemed(batchId, '1000.00');
  await untilAccounts('300000 -400000 100000');
  await released({ batchId, ownerId: newId(), funding: 'grant' }, '3000.00');
  await untilAccounts('0 -100000 100000');
  await inOrder();
});

test('what an institution pays for is set aside from its wallet; what nobody redeems is in the wallet again', async () => {
  const [ownerId, batchId, before] = [newId(), newId(), await accounts()];
  await payments.topUp(ownerId, '500.00');
  const payment = aPayment({ payerId: ownerId, purpose: 'vouchers', billId: batchId, amount: '400.00' });
  await payments.initiate(payment);
  await payments.complete(payment);
  const [vouchers, ...others] = before.split(' ');
  await untilAccounts([String(Number(vouchers) + 40_000), ...others].join(' '));
  expect(await reader.moneyOf(ownerId)).toBe('100.00 100.00 0.00');
  await released({ batchId, ownerId, funding: 'payment' }, '300.00');
  await until('the money is back', async () => (await reader.moneyOf(ownerId)) === '400.00 400.00 0.00');
  const { items } = (await wallet.as(ownerId).get(`/api/wallets/${ownerId}/entries`)).body;
  expect(items[0]).toMatchObject({ kind: 'voucher_return', amount: naira('300.00') });
  const { data } = await until('it is told', () =>
    wallet.published.find(
      (it) =>
        it.type.includes(WalletUpdated.name) &&
        it.subject === ownerId &&
        JSON.stringify(it).includes('refund'),
    ),
  );
  expect(data).toMatchObject({
    change: 'refund',
    amount: naira('300.00'),
    reference: numberFor('V', batchId),
  });
  await inOrder();
});

test('energy is no money: nothing is written for it', async () => {
  const [batchId, before] = [newId(), await accounts()];
  const events = [
    await granted(batchId, '0.00'),
    await redeemed(batchId, '0.00'),
    await released({ batchId, ownerId: newId(), funding: 'grant' }, '0.00'),
  ];
  await until('all are handled', async () => (await reader.handling(...events)).join() === 'done,done,done');
  expect(await accounts()).toBe(before);
});

test('a voucher that is told of once more under another event is not paid twice: the books refuse it', async () => {
  const [batchId, voucherId] = [newId(), newId()];
  await granted(batchId, '1000.00');
  await redeemed(batchId, '1000.00', voucherId);
  await until('it is paid', async () => {
    const sql = 'SELECT 1 FROM wallet.transfers WHERE voucher_id = $1';
    return (await wallet.database.rows(sql, [voucherId])).length === 1;
  });
  const before = await accounts();
  const again = await redeemed(batchId, '1000.00', voucherId);
  await until('it is refused', async () => (await reader.handling(again)).join() === 'retry');
  expect(await accounts()).toBe(before);
  await inOrder();
});
