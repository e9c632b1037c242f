import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#kernel';
import { CarefulClient, type Reply } from './careful-client.js';
import { type Customer, naira, registerCustomers } from './customers.js';

/** An order that the system has accepted, as the customer knows it. */
export interface Order {
  paymentId: string;
  kind: 'top_up' | 'bill' | 'transfer';
  payerId: string;
  payeeId?: string;
  /** Minor units. */
  amount: number;
  /** When the customer began to ask for it, `performance.now()`. */
  startedAt: number;
  acceptedAt: number;
}

/** Customers with wallets who top up, issue bills, pay them and send money, each one thing after the other. */
export class Load {
  readonly orders: Order[] = [];
  /** What a customer saw that must not be. */
  readonly surprises: string[] = [];
  readonly client: CarefulClient;
  private customers: Customer[] = [];
  private running = false;
  private loops: Promise<void>[] = [];

  constructor(
    url: string,
    private readonly seed: number,
    private readonly thinkMillis: number,
  ) {
    this.client = new CarefulClient(url);
  }

  async register(count: number): Promise<void> {
    this.customers = await registerCustomers(this.client, '+23480', this.seed, count);
    await Promise.all(this.customers.map((customer) => this.topUp(customer, 100_000)));
  }

  resume(): void {
    if (this.running) return;
    this.running = true;
    this.loops = this.customers.map((customer) => this.live(customer));
  }

  /** Nobody begins anything new; returns when everybody has an answer. */
  async pause(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }

  /** Everybody sends so many orders at once, beside what they do anyway. Returns when all have an answer. */
  async burst(each: number): Promise<void> {
    const all = this.customers.flatMap((customer) => Array<Customer>(each).fill(customer));
    await Promise.all(all.map((customer) => this.topUp(customer, customer.dice.between(100, 2_000))));
  }

  /** True when something that was begun after this moment is accepted. */
  acceptedSince(moment: number): boolean {
    return this.orders.some(({ startedAt }) => startedAt >= moment);
  }

  private async live(customer: Customer): Promise<void> {
    const { dice } = customer;
    while (this.running) {
      try {
        const what = dice.next();
        if (what < 0.2) await this.topUp(customer, dice.between(1_000, 20_000));
        else if (what < 0.65) await this.payBill(customer, dice.between(100, 3_000));
        else await this.transfer(customer, dice.between(100, 3_000));
      } catch (error) {
        this.surprises.push(error instanceof Error ? error.message : String(error));
        return;
      }
      await sleep(dice.between(0, 2 * this.thinkMillis));
    }
  }

  private topUp(customer: Customer, amount: number): Promise<void> {
    const path = `/api/wallets/${customer.id}/add-funds`;
    return this.order(customer, path, { amount: naira(amount) }, { kind: 'top_up', amount });
  }

  private async payBill(customer: Customer, amount: number): Promise<void> {
    const body = { amount: naira(amount), dueDate: '2030-01-31' };
    const bill = await this.client.send('POST', '/api/bills', customer.headers, body);
    if (bill.status !== 201) throw new Error(`bill: ${bill.status} ${JSON.stringify(bill.body)}`);
    const order = { billId: bill.body.id, amount: naira(amount) };
    return this.order(customer, '/api/payments', order, { kind: 'bill', amount });
  }

  private transfer(customer: Customer, amount: number): Promise<void> {
    const others = this.customers.filter(({ id }) => id !== customer.id);
    const payeeId = customer.dice.pick(others).id;
    const body = { toWalletId: payeeId, amount: naira(amount) };
    return this.order(customer, '/api/transfers', body, { kind: 'transfer', amount, payeeId });
  }

  /** Asks under one key until there is an answer; now and then once more, as a client that was in doubt. */
  private async order(
    customer: Customer,
    path: string,
    body: object,
    what: Pick<Order, 'kind' | 'amount' | 'payeeId'>,
  ): Promise<void> {
    const startedAt = performance.now();
    const headers = { ...customer.headers, 'idempotency-key': newId() };
    const reply = await this.client.send('POST', path, headers, body);
    if (reply.status !== 202) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    const paymentId = (reply.body as { id: string }).id;
    this.orders.push({ ...what, paymentId, payerId: customer.id, startedAt, acceptedAt: performance.now() });
    if (customer.dice.next() < 0.05) this.compare(reply, await this.client.send('POST', path, headers, body));
  }

  private compare(first: Reply, again: Reply): void {
    const same = JSON.stringify(first.body) === JSON.stringify(again.body);
    if (again.status !== 202 || !again.replayed || !same)
      this.surprises.push(`a repeated request was answered ${again.status} ${JSON.stringify(again.body)}`);
  }
}
