import { newId } from '#kernel';
import { type Answer, type ApiClient, type Json, until } from '#testing';
import type { SystemUnderTest } from './system.js';

let lastNumber = Math.floor(Math.random() * 1_000_000);

/** Somebody with an account, a wallet and a phone. */
export class Person {
  private constructor(
    readonly api: ApiClient,
    readonly phone: string,
    readonly id: string,
    readonly session: { accessToken: string; refreshToken: string },
    private readonly world: SystemUnderTest,
  ) {}

  static async register(world: SystemUnderTest, name = 'Amina Bello', more: object = {}): Promise<Person> {
    const phone = `+23480${String(30_000_000 + (++lastNumber % 60_000_000)).padStart(8, '0')}`;
    const { status, body } = await world.api.post('/api/auth/register', {
      name,
      phone,
      password: 'correct horse 42',
      ...more,
    });
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(body)}`);
    const api = world.api.with({ authorization: `Bearer ${body.accessToken}` });
    return new Person(api, phone, body.user.id, body, world);
  }

  /** Adds funds, and waits until they are there. */
  async addFunds(amount: string): Promise<Json> {
    const answer = await this.post(`/api/wallets/${this.id}/add-funds`, { amount });
    return this.finished(answer);
  }

  async createBill(amount: string): Promise<Json> {
    const { status, body } = await this.api.post('/api/bills', { amount, dueDate: '2030-01-31' });
    if (status !== 201) throw new Error(`bill: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** A POST that moves money, under a new key unless one is given. */
  post(path: string, body: unknown, key: string = newId()): Promise<Answer> {
    return this.api.post(path, body, { 'idempotency-key': key });
  }

  /** The payment that was accepted, once it is PAID, FAILED or REFUNDED. */
  async finished(accepted: Answer): Promise<Json> {
    if (accepted.status !== 202) throw new Error(`${accepted.status} ${JSON.stringify(accepted.body)}`);
    return until(`payment ${accepted.body.id} has ended`, async () => {
      const { body } = await this.api.get(accepted.body.links.self);
      return ['PAID', 'FAILED', 'REFUNDED'].includes(body.status) && body;
    });
  }

  async balance(): Promise<string> {
    return (await this.api.get('/api/wallet')).body.balance.amount;
  }

  /** The newest SMS on the person's phone that has this text in it. */
  sms(text: string): Promise<string> {
    return until(`an SMS with "${text}" has arrived`, async () => {
      const messages = await this.messages();
      return messages.find((it) => it.includes(text));
    });
  }

  async messages(): Promise<string[]> {
    const { body } = await this.world.phones.get(`/phones/${encodeURIComponent(this.phone)}/messages`);
    return (body.items as { body: string }[]).map((it) => it.body);
  }
}
