import { CURRENCIES, FakeClock, Money, newId } from '#kernel';
import type { Tx } from '#messaging';
import { startTestService, type TestService } from '#testing';
import { walletService } from '../index.js';
import { aPayment, PlayedPayments } from '../testing/played-payments.js';
import { openWallet } from '../wallets/open-wallet.js';
import { postJournal } from './post-journal.js';
import { systemAccounts } from './system-accounts.js';

const clock = new FakeClock();
let wallet: TestService;
let payments: PlayedPayments;

beforeAll(async () => {
  wallet = await startTestService(walletService, { clock });
  payments = new PlayedPayments(wallet);
});
afterAll(() => wallet.stop());

const rows = <R extends object>(sql: string, values?: unknown[]) => wallet.database.rows<R>(sql, values);
const verify = async () => (await wallet.asService('gateway').get('/internal/ledger/verify')).body;
const inTransaction = <T>(work: (tx: Tx) => Promise<T>) =>
  wallet.running.parts.requests.run({ correlationId: newId() }, work);

async function owner(balance: string): Promise<string> {
  const userId = newId();
  await payments.topUp(userId, balance);
  return userId;
}

test('every currency has its system accounts', async () => {
  const accounts = await rows<{ id: string }>(`SELECT id FROM wallet.accounts WHERE kind <> 'wallet'`);
  const wanted = CURRENCIES.flatMap((currency) =>
    Object.values(systemAccounts).map((idIn) => idIn(currency)),
  );
  expect(accounts.map(({ id }) => id).sort()).toEqual(wanted.sort());
});

test('what is owed to people and billers is what the provider has collected', async () => {
  const payerId = await owner('100.00');
  const bill = aPayment({ payerId, amount: '40.00' });
  await payments.initiate(bill);
  await payments.complete(bill);
  const [sums] = await rows(`SELECT sum(balance) FILTER (WHERE kind = 'wallet')::text AS wallets,
    sum(balance) FILTER (WHERE kind = 'billers')::text AS billers,
    sum(balance) FILTER (WHERE kind = 'clearing')::text AS clearing FROM wallet.accounts`);
  expect(sums).toEqual({ wallets: '6000', billers: '4000', clearing: '-10000' });
  expect(await verify()).toEqual({ intact: true, faults: [] });
});

describe('the database itself refuses', () => {
  test.each([
    'UPDATE wallet.transfers SET amount = amount + 1',
    'DELETE FROM wallet.transfers',
    'TRUNCATE wallet.transfers',
    'UPDATE wallet.entries SET amount = amount + 1',
    'DELETE FROM wallet.entries',
    'TRUNCATE wallet.entries',
    `SET session_replication_role = replica; DELETE FROM wallet.transfers`,
  ])('%s, even from a superuser', async (sql) => {
    await owner('10.00');
    await expect(rows(sql)).rejects.toMatchObject({ code: '23001' });
    expect(await verify()).toEqual({ intact: true, faults: [] });
  });

  test('a wallet with less than nothing available', async () => {
    const userId = await owner('10.00');
    for (const change of ['balance = -1', 'held = -1', 'held = 1001', 'held = 500, balance = 499']) {
      await expect(
        rows(`UPDATE wallet.accounts SET ${change} WHERE owner_id = $1`, [userId]),
      ).rejects.toMatchObject({ constraint: 'available_is_not_negative' });
    }
  });

  test('to take or to credit the money of one payment twice', async () => {
    const payment = await payments.topUp(newId(), '10.00');
    const again = rows(
      `INSERT INTO wallet.transfers SELECT $2, journal_id, debit_account, credit_account, amount, currency, kind,
         payment_id, note, at FROM wallet.transfers WHERE payment_id = $1`,
      [payment.paymentId, newId()],
    );
    await expect(again).rejects.toMatchObject({ constraint: 'transfers_once_per_payment' });
  });

  test('a transfer of nothing, of less than nothing, or from an account to itself', async () => {
    const insert = (amount: number, credit: string) =>
      rows(`INSERT INTO wallet.transfers VALUES ($1, $1, 'a', $3, $2, 'NGN', 'capture', $1, NULL, now())`, [
        newId(),
        amount,
        credit,
      ]);
    for (const refused of [insert(0, 'b'), insert(-1, 'b'), insert(1, 'a')]) {
      await expect(refused).rejects.toMatchObject({ code: '23514' });
    }
  });
});

describe('a journal', () => {
  const line = (amount: bigint, payer: string, tx: Tx) =>
    openWallet(tx, payer, 'NGN').then((account) =>
      postJournal(tx, {
        kind: 'capture',
        paymentId: newId(),
        amount: Money.ofMinor(amount, 'NGN'),
        debit: { wallet: account, entry: 'capture' },
        credit: { system: systemAccounts.billers('NGN') },
      }),
    );

  test('that would overdraw a wallet, or spend what is held, is not posted at all', async () => {
    const payerId = await owner('10.00');
    await payments.initiate(aPayment({ payerId, amount: '4.00' }));
    await expect(inTransaction((tx) => line(601n, payerId, tx))).rejects.toThrow('overdrawn');
    await inTransaction((tx) => line(600n, payerId, tx));
    expect(await verify()).toEqual({ intact: true, faults: [] });
  });

  test('of an unknown system account is not posted at all', async () => {
    const payerId = await owner('10.00');
    const posting = inTransaction(async (tx) => {
      const account = await openWallet(tx, payerId, 'NGN');
      postJournal(tx, {
        kind: 'capture',
        paymentId: newId(),
        amount: Money.ofMinor(100n, 'NGN'),
        debit: { wallet: account, entry: 'capture' },
        credit: { system: 'nobody:NGN' },
      });
    });
    await expect(posting).rejects.toThrow('missing');
    expect(await verify()).toEqual({ intact: true, faults: [] });
  });

  test('of two works in one transaction: the second sees what the first has left', async () => {
    const payerId = await owner('10.00');
    const works = await Promise.allSettled(
      [1, 2, 3].map(() => inTransaction((tx) => line(400n, payerId, tx))),
    );
    expect(works.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await verify()).toEqual({ intact: true, faults: [] });
  });

  test('comes after all others on the statement, also when the clock was set back', async () => {
    const userId = await owner('10.00');
    // As another process, with a clock an hour ahead, would have written it; our own ids know nothing of it.
    const time = (Date.now() + 3_600_000).toString(16).padStart(12, '0');
    const ahead = `${time.slice(0, 8)}-${time.slice(8)}-7fff-bfff-ffffffffffff`;
    await rows(`UPDATE wallet.accounts SET last_entry_id = $2 WHERE owner_id = $1`, [userId, ahead]);
    await inTransaction((tx) => line(100n, userId, tx));
    const [account] = await rows<{ last_entry_id: string }>(
      'SELECT last_entry_id FROM wallet.accounts WHERE owner_id = $1',
      [userId],
    );
    expect(account!.last_entry_id > ahead).toBe(true);
  });
});

test.each([
  [
    'a balance that was changed by hand',
    `UPDATE wallet.accounts SET balance = balance + 1 WHERE owner_id = $1`,
    3,
  ],
  ['a hold that nobody placed', `UPDATE wallet.accounts SET held = held + 1 WHERE owner_id = $1`, 1],
  [
    'a transfer that reached no balance',
    `INSERT INTO wallet.transfers VALUES (gen_random_uuid(), $1::uuid, $1::uuid::text, 'billers:NGN', 5, 'NGN', 'capture', $1::uuid, NULL, now())`,
    2,
  ],
  [
    'an entry that says another balance',
    `INSERT INTO wallet.entries VALUES ('ffffffff-ffff-7fff-bfff-ffffffffffff', $1, 5, 7, 'top_up', $1, NULL, now())`,
    2,
  ],
])('the check of the books finds %s', async (_, harm, faults) => {
  const own = await startTestService(walletService);
  try {
    const userId = newId();
    await new PlayedPayments(own).topUp(userId, '10.00');
    await own.database.rows(harm, [userId]);
    const { body } = await own.asService('gateway').get('/internal/ledger/verify');
    expect(body.intact).toBe(false);
    expect(body.faults).toHaveLength(faults);
  } finally {
    await own.stop();
  }
});

test('only other services may ask for the check of the books', async () => {
  const { status } = await wallet.as(newId(), 'operator').get('/internal/ledger/verify');
  expect(status).toBe(403);
});
