import { type Currency, Money, newId } from '#kernel';

interface Accepted {
  links: { self: string };
}

const WAIT_MILLIS = 20_000;

/** A person of the demo, who uses Wattline as everybody does: over its REST API. */
export class DemoUser {
  static readonly PASSWORD = 'wattline-demo';

  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly id: string,
    private readonly currency: Currency,
  ) {}

  static async signIn(url: string, phone: string, currency: Currency): Promise<DemoUser> {
    const answer = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ phone, password: DemoUser.PASSWORD }),
    });
    const { accessToken, user } = (await answer.json()) as { accessToken: string; user: { id: string } };
    return new DemoUser(url, accessToken, user.id, currency);
  }

  async addFunds(amount: bigint): Promise<void> {
    await this.finish(await this.post(`/api/wallets/${this.id}/add-funds`, { amount: this.money(amount) }));
  }

  /** Answers with the bill's id. */
  async createBill(amount: bigint, description: string, customerId?: string): Promise<string> {
    const bill = { amount: this.money(amount), dueDate: '2030-12-31', description, customerId };
    return (await this.post<{ id: string }>('/api/bills', bill)).id;
  }

  async pay(billId: string): Promise<void> {
    await this.finish(await this.post(`/api/vend/${billId}/pay`, {}));
  }

  async cancel(billId: string): Promise<void> {
    await this.post(`/api/bills/${billId}/cancel`);
  }

  async buyElectricity(meterNumber: string, amount: bigint): Promise<void> {
    const order = { meterNumber, amount: this.money(amount) };
    await this.pay((await this.post<{ id: string }>('/api/electricity/verify', order)).id);
  }

  async transfer(toPhone: string, amount: bigint, note: string): Promise<void> {
    await this.finish(await this.post('/api/transfers', { toPhone, amount: this.money(amount), note }));
  }

  /** The demo's amounts are whole; not every currency has decimals. */
  private money(major: bigint): string {
    return Money.major(major, this.currency).amount;
  }

  /** A payment is worth looking at once it has ended. */
  private async finish({ links }: Accepted): Promise<void> {
    for (const since = performance.now(); performance.now() - since < WAIT_MILLIS;) {
      const { status } = await this.call<{ status: string }>('GET', links.self);
      if (status === 'PAID') return this.untilTaken();
      if (status === 'FAILED') throw new Error(`The demo's payment ${links.self} failed`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`The demo's payment ${links.self} did not end in time`);
  }

  private async untilTaken(): Promise<void> {
    for (const since = performance.now(); performance.now() - since < WAIT_MILLIS;) {
      const { held } = await this.call<{ held: { amount: string } }>('GET', '/api/wallet');
      if (Number(held.amount) === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private post<T = Accepted>(path: string, body?: object): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': newId() }),
      },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok)
      throw new Error(`The demo's ${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
