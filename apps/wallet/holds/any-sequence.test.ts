import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { Money, newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { walletService } from '../index.js';
import { aPayment, aTransfer, type Payment, PlayedPayments } from '../testing/played-payments.js';
import { WalletReader } from '../testing/wallet-reader.js';

let wallet: TestService;
let payments: PlayedPayments;
let read: WalletReader;

beforeAll(async () => {
  wallet = await startTestService(walletService);
  payments = new PlayedPayments(wallet);
  read = new WalletReader(wallet);
});
afterAll(() => wallet.stop());

type Step = 'ask' | 'complete' | 'fail';

interface Plan {
  /** Who pays, and to whom a transfer goes. */
  payer: 0 | 1;
  kind: 'top_up' | 'bill' | 'bill by sandbox' | 'transfer';
  minor: number;
}

const plans = fc.array(
  fc.record<Plan>({
    payer: fc.constantFrom(0, 1),
    kind: fc.constantFrom('top_up', 'bill', 'bill by sandbox', 'transfer'),
    minor: fc.integer({ min: 1, max: 20_000 }),
  }),
  { minLength: 4, maxLength: 10 },
);
/** Which payment of the plan, and what happens to it; more often than once, and in any order. */
const happenings = fc.array(
  fc.record({ which: fc.nat(9), step: fc.constantFrom<Step>('ask', 'ask', 'complete', 'complete', 'fail') }),
  { minLength: 5, maxLength: 40 },
);

/** The rules of the wallet once more, as simply as they can be said. */
class Model {
  readonly balance = [15_000n, 15_000n];
  readonly held = [0n, 0n];
  private readonly states = new Map<number, 'held' | 'over' | 'failed first'>();
  private readonly credited = new Set<number>();

  /** True when a payment may complete at all: nobody delivers what was not paid for. */
  wasAsked(which: number): boolean {
    return this.states.has(which);
  }

  happens(which: number, { payer, kind, minor }: Plan, step: Step): void {
    const amount = BigInt(minor);
    const collected = kind === 'top_up' || kind === 'bill by sandbox';
    const state = this.states.get(which);
    if (step === 'ask') {
      if (collected && (!state || state === 'failed first') && !this.credited.has(which)) {
        this.credited.add(which);
        this.balance[payer]! += amount;
      }
      if (state) return;
      if (kind === 'top_up') return void this.states.set(which, 'over');
      const enough = this.balance[payer]! - this.held[payer]! >= amount;
      this.states.set(which, enough ? 'held' : 'over');
      if (enough) this.held[payer]! += amount;
      return;
    }
    if (step === 'fail' && !state) this.states.set(which, 'failed first');
    if (state !== 'held') return;
    this.states.set(which, 'over');
    this.held[payer]! -= amount;
    if (step === 'fail') return;
    this.balance[payer]! -= amount;
    if (kind === 'transfer') this.balance[1 - payer]! += amount;
  }
}

function paymentOf({ payer, kind, minor }: Plan, people: [string, string]): Payment {
  const { amount } = Money.ofMinor(BigInt(minor), 'NGN');
  const payerId = people[payer];
  if (kind === 'transfer') return aTransfer(payerId, people[1 - payer]!, amount);
  if (kind === 'bill') return aPayment({ payerId, amount });
  return aPayment({ payerId, amount, method: 'sandbox', purpose: kind === 'top_up' ? 'top_up' : 'bill' });
}

async function play(payment: Payment, step: Step): Promise<void> {
  if (step === 'complete') await payments.complete(payment);
  else if (step === 'fail') await payments.fail(payment);
  else if (payment.method === 'sandbox') await payments.collect(payment);
  else await payments.initiate(payment);
}

test('whatever happens to payments, in whatever order and how often: the wallets are right and the books in order', async () => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  console.log(`any sequence of payments: SEED=${seed}`);
  const property = fc.asyncProperty(plans, happenings, async (planned, happened) => {
    const people: [string, string] = [newId(), newId()];
    await Promise.all(people.map((person) => payments.topUp(person, '150.00')));
    const all = planned.map((plan) => paymentOf(plan, people));
    const model = new Model();
    for (const { which, step } of happened) {
      const index = which % all.length;
      if (step === 'complete' && !model.wasAsked(index)) continue;
      await play(all[index]!, step);
      model.happens(index, planned[index]!, step);
    }
    const naira = (minor: bigint) => Money.ofMinor(minor, 'NGN').amount;
    for (const who of [0, 1] as const) {
      const [balance, held] = [model.balance[who]!, model.held[who]!];
      expect(await read.moneyOf(people[who])).toBe([balance, balance - held, held].map(naira).join(' '));
    }
    expect(await read.books()).toEqual({ intact: true, faults: [], sum: '0' });
  });
  await fc.assert(property, { seed, numRuns: 40 });
});
