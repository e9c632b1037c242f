import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';
import { newId } from '#kernel';
import type { RunningRound } from '../world/bench-world.js';
import type { Sent } from './scenario.js';

export interface BenchPerson {
  id: string;
  headers: Record<string, string>;
}

export const CURRENCY = 'NGN';
const CONNECTIONS = 256;

/** People with full wallets, and the doors through which a scenario sends and looks. */
export class People {
  readonly database: pg.Client;
  private readonly pool: Pool;
  all: BenchPerson[] = [];

  constructor(private readonly round: RunningRound) {
    this.pool = new Pool(round.url, { connections: CONNECTIONS, pipelining: 1 });
    this.database = new pg.Client({ connectionString: round.databaseUrl });
  }

  async register(count: number, profile?: object): Promise<void> {
    await this.database.connect();
    for (let i = 0; i < count; i++) this.all.push(await this.one(i, profile));
    await this.untilMoneyIsThere();
  }

  /** A POST that moves money, under a key of its own. */
  async order(path: string, person: BenchPerson, body: object): Promise<Sent> {
    const { status, json, retryAfter } = await this.call('POST', path, person.headers, body);
    if (status === 202) return { paymentId: (json as { id: string }).id };
    if (status !== 429 && status !== 503) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
    return { refused: status, retryAfter };
  }

  async close(): Promise<void> {
    await this.database.end();
    await this.pool.close();
  }

  private async one(i: number, profile: object | undefined): Promise<BenchPerson> {
    const account = {
      name: `Payer ${i}`,
      phone: `+23480${10_000_000 + i}`,
      password: `bench ${randomUUID()}`,
    };
    const { status, json } = await this.call('POST', '/api/auth/register', {}, account);
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(json)}`);
    const { user, accessToken } = json as { user: { id: string }; accessToken: string };
    const headers = { authorization: `Bearer ${accessToken}` };
    if (profile) await this.call('PATCH', '/api/profile', headers, profile);
    const funds = await this.call('POST', `/api/wallets/${user.id}/add-funds`, headers, {
      amount: '9000000.00',
    });
    if (funds.status !== 202) throw new Error(`add funds: ${funds.status} ${JSON.stringify(funds.json)}`);
    return { id: user.id, headers };
  }

  private async untilMoneyIsThere(): Promise<void> {
    for (;;) {
      const { rows } = await this.database.query<{ full: number }>(
        `SELECT count(*)::int AS full FROM wallet.accounts WHERE kind = 'wallet' AND balance > 0 AND held = 0`,
      );
      if (rows[0]!.full >= this.all.length) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async call(method: 'GET' | 'POST' | 'PATCH', path: string, headers: object, body: object) {
    const answer = await this.pool.request({
      method,
      path,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': newId() },
      body: JSON.stringify(body),
    });
    const retryAfter = answer.headers['retry-after'] !== undefined;
    return { status: answer.statusCode, json: await answer.body.json(), retryAfter };
  }
}
