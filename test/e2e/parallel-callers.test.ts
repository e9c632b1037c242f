import { newId } from '#kernel';
import { type Answer, until } from '#testing';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import { startOneProcess, startSixProcesses, type SystemUnderTest } from './system.js';

const amqpUrl = process.env.WATTLINE_TEST_AMQP;

const ways: [string, boolean, () => Promise<SystemUnderTest>][] = [
  ['one process on the embedded bus', true, () => startOneProcess()],
  ['six processes on RabbitMQ', amqpUrl !== undefined, () => startSixProcesses(amqpUrl!)],
];

const codes = (answers: Answer[]) =>
  answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`);

for (const [way, possible, start] of ways) {
  (possible ? describe : describe.skip)(`parallel callers, ${way}`, () => {
    let world: SystemUnderTest;
    let payer: Person;

    beforeAll(async () => {
      world = await start();
      payer = await Person.register(world);
    }, 60_000);
    afterAll(() => world.stop(), 60_000);

    afterEach(() => expectInvariants(world));

    /** Sums of the ledger, per currency, that are not zero. */
    const imbalances = async () => {
      const rows = await world.database.rows<{ sum: string }>(
        'SELECT sum(balance) AS sum FROM wallet.accounts GROUP BY currency HAVING sum(balance) <> 0',
      );
      return rows.map((row) => row.sum);
    };
    const charges = (where: string) =>
      world.database.rows(`SELECT 1 FROM payment.payments WHERE status = 'PAID' AND ${where}`);

    test('40 payments of 50.00 at once from a wallet of 900.00: exactly 18 are paid, and it is empty', async () => {
      const poor = await Person.register(world);
      await poor.addFunds('900.00');
      const bills = await Promise.all(Array.from({ length: 40 }, () => poor.createBill('50.00')));
      const accepted = await Promise.all(
        bills.map((bill) => poor.post('/api/payments', { billId: bill.id, amount: '50.00' })),
      );
      const ended = await Promise.all(accepted.map((answer) => poor.finished(answer)));
      expect(ended.filter((it) => it.status === 'PAID')).toHaveLength(18);
      const failed = ended.filter((it) => it.status === 'FAILED');
      expect(failed.map((it) => it.failure.code)).toEqual(Array(22).fill('insufficient_funds'));
      await until('the wallet is empty', async () => (await poor.balance()) === '0.00');
      await until('nothing is held', async () => {
        const { body } = await poor.api.get('/api/wallet');
        return body.held.amount === '0.00' && body.available.amount === '0.00';
      });
      expect(await imbalances()).toEqual([]);
      await until('18 bills are paid, the others free again', async () => {
        const { body } = await poor.api.get('/api/bills?limit=100');
        const paid = body.items.filter((it: { status: string }) => it.status === 'paid');
        return paid.length === 18;
      });
      await poor.sms('too low');
    });

    test('one bill paid by 20 callers at once is charged once', async () => {
      await payer.addFunds('100.00');
      const bill = await payer.createBill('60.00');
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => payer.post('/api/payments', { billId: bill.id, amount: '60.00' })),
      );
      const accepted = answers.filter((it) => it.status === 202);
      expect(accepted).toHaveLength(1);
      for (const code of codes(answers.filter((it) => it.status !== 202))) {
        expect(['409 payment_in_progress', '409 bill_not_payable']).toContain(code);
      }
      expect((await payer.finished(accepted[0]!)).status).toBe('PAID');
      expect(await charges(`bill_id = '${bill.id}'`)).toHaveLength(1);
      await until('40.00 is left', async () => (await payer.balance()) === '40.00');
    });

    test('one key sent 50 times at once is one payment, with one answer', async () => {
      const bill = await payer.createBill('10.00');
      const key = newId();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          payer.post('/api/payments', { billId: bill.id, amount: '10.00' }, key),
        ),
      );
      expect(new Set(answers.map((it) => `${it.status} ${it.body.id}`)).size).toBe(1);
      expect(answers.filter((it) => it.headers.get('idempotency-replayed') === 'true')).toHaveLength(49);
      await payer.finished(answers[0]!);
      expect(await charges(`bill_id = '${bill.id}'`)).toHaveLength(1);
    });

    test('50 transfers at once between two wallets lose and make no money', async () => {
      const [one, other] = [await Person.register(world), await Person.register(world)];
      await Promise.all([one.addFunds('500.00'), other.addFunds('500.00')]);
      const transfers = Array.from({ length: 50 }, (_, i) => {
        const [from, to] = i % 2 ? [one, other] : [other, one];
        return from
          .post('/api/transfers', { toPhone: to.phone, amount: '7.00' })
          .then((it) => from.finished(it));
      });
      const ended = await Promise.all(transfers);
      expect(ended.every((it) => it.status === 'PAID')).toBe(true);
      await until('both have what they had', async () => {
        const balances = [await one.balance(), await other.balance()];
        return balances.every((it) => it === '500.00');
      });
      expect(await imbalances()).toEqual([]);
    });

    test('a bill that is changed or cancelled while it is being paid: one of the two wins, never both', async () => {
      const person = await Person.register(world);
      await person.addFunds('1000.00');
      const outcomes = new Set<string>();
      for (let round = 0; round < 12; round++) {
        const bill = await person.createBill('20.00');
        const pay = () => person.post('/api/payments', { billId: bill.id, amount: '20.00' });
        const change = () =>
          round % 2
            ? person.api.patch(`/api/bills/${bill.id}`, { amount: '25.00' })
            : person.api.post(`/api/bills/${bill.id}/cancel`);
        const [paying, changing] =
          round % 3 ? await Promise.all([pay(), change()]) : await both(change(), pay());
        const won = [paying.status === 202, changing.status < 300];
        expect(won.filter(Boolean)).toHaveLength(1);
        outcomes.add(won[0] ? 'paid' : 'changed');
        if (won[0]) expect((await person.finished(paying)).status).toBe('PAID');
        const charged = await charges(`bill_id = '${bill.id}'`);
        expect(charged).toHaveLength(won[0] ? 1 : 0);
      }
      expect(outcomes.size).toBeGreaterThan(0);
    });
  });
}

/** The second one first in the answer. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[B, A]> {
  const [a, b] = await Promise.all([first, second]);
  return [b, a];
}
