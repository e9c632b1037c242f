import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#kernel';
import { CarefulClient, type Reply } from '../careful-client.js';
import { type Customer, naira, registerCustomers } from '../customers.js';

/** What a customer knows of a purchase that was accepted. */
export interface Purchase {
  paymentId: string;
  meterNumber: string;
  payerId: string;
  /** Minor units. */
  amount: number;
}

const FUNDS = 5_000_000;
const TRIES = 20;

/** Customers who buy electricity from their wallets: verify, then pay, for one meter after the other. */
export class Shoppers {
  readonly purchases: Purchase[] = [];
  /** What a customer saw that must not be. */
  readonly surprises: string[] = [];
  all: Customer[] = [];
  readonly client: CarefulClient;

  constructor(
    url: string,
    private readonly seed: number,
    private readonly thinkMillis: number,
  ) {
    this.client = new CarefulClient(url);
  }

  /** Each with the same money in the wallet. */
  async register(count: number): Promise<void> {
    this.all = await registerCustomers(this.client, '+23481', this.seed, count);
    await Promise.all(
      this.all.map(({ id, headers }) =>
        this.expect(202, `/api/wallets/${id}/add-funds`, keyed(headers), { amount: naira(FUNDS) }),
      ),
    );
  }

  /** Minor units that each of them began with. */
  get funds(): number {
    return FUNDS;
  }

  /** For every meter once, unless it is ended before; resolves when the last order has its answer. */
  async buyFor(meterNumbers: readonly string[], signal?: AbortSignal): Promise<void> {
    const left = [...meterNumbers];
    await Promise.all(
      this.all.map(async (shopper) => {
        for (let next = left.shift(); next !== undefined && !signal?.aborted; next = left.shift()) {
          await this.buy(shopper, next).catch((error: unknown) => this.surprises.push(String(error)));
          await sleep(shopper.dice.between(0, 2 * this.thinkMillis));
        }
      }),
    );
  }

  private async buy({ id, headers, dice }: Customer, meterNumber: string): Promise<void> {
    const amount = dice.between(10_000, 100_000);
    for (let tries = 1; ; tries++) {
      const quote = { meterNumber, amount: naira(amount) };
      const bill = await this.expect(201, '/api/electricity/verify', headers, quote);
      const path = `/api/vend/${bill.id}/pay`;
      const { status, body } = await this.client.send('POST', path, keyed(headers), { method: 'wallet' });
      if (status === 202) {
        this.purchases.push({ paymentId: body.id, meterNumber, payerId: id, amount });
        return;
      }
      // The price was that of a moment before: a new one is asked for.
      if (body?.code !== 'quote_outdated' || tries > TRIES)
        throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    }
  }

  private async expect(
    status: number,
    path: string,
    headers: Record<string, string>,
    body: object,
  ): Promise<Reply['body']> {
    const answer = await this.client.send('POST', path, headers, body);
    if (answer.status === status) return answer.body;
    throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

function keyed(headers: Record<string, string>): Record<string, string> {
  return { ...headers, 'idempotency-key': newId() };
}
