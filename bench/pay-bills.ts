import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';
import { newId, numberFor } from '#kernel';
import type { RunningRound } from './bench-world.js';

export interface Measured {
  /** Payments from the request to PAID, with the SMS accepted and the completion audited, per second. */
  perSecond: number;
  payments: number;
  seconds: number;
  refused: number;
}

interface Payer {
  id: string;
  token: string;
  bills: string[];
}

const PAYERS = 24;
const CURRENCY = 'NGN';

/** Scenario S2: bills paid from wallets. `inFlight` payments are under way at any time, up to their last effect. */
export class PayBills {
  private readonly pool: Pool;
  private readonly simulator: Pool;
  private readonly database: pg.Client;
  private payers: Payer[] = [];

  constructor(round: RunningRound) {
    this.pool = new Pool(round.url, { connections: 128, pipelining: 1 });
    this.simulator = new Pool(round.simulatorUrl, { connections: 2 });
    this.database = new pg.Client({ connectionString: round.databaseUrl });
  }

  /** People with money and unpaid bills; the bills are written directly, as if issued long ago. */
  async prepare(bills: number): Promise<void> {
    await this.database.connect();
    this.payers = await Promise.all(Array.from({ length: PAYERS }, (_, i) => this.register(i)));
    await Promise.all(this.payers.map((payer) => this.addFunds(payer)));
    await this.issueBills(bills);
    await this.untilMoneyIsThere();
  }

  /** Pays for some seconds, and counts what was done, up to its last effect, between two moments. */
  async run(seconds: number, inFlight: number): Promise<Measured> {
    const started = performance.now();
    const before = await this.done();
    let accepted = 0;
    let refused = 0;
    let finished = before;
    let open = true;
    const watching = (async () => {
      while (open) {
        finished = await this.smsAccepted();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    const smsBefore = (finished = await this.smsAccepted());
    const caller = async () => {
      while (performance.now() - started < seconds * 1000) {
        if (accepted - (finished - smsBefore) >= inFlight) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          continue;
        }
        accepted += 1;
        if (!(await this.payOne())) refused += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, 128) }, caller));
    const payments = (await this.done()) - before;
    const elapsed = (performance.now() - started) / 1000;
    open = false;
    await watching;
    return { perSecond: payments / elapsed, payments, seconds: elapsed, refused };
  }

  async close(): Promise<void> {
    await this.database.end();
    await this.pool.close();
    await this.simulator.close();
  }

  /** Payments whose last durable effect exists: paid, the SMS accepted, the completion audited. */
  private async done(): Promise<number> {
    const { rows } = await this.database.query<{ least: number }>(`
      SELECT least(
        (SELECT count(*) FROM payment.payments WHERE status = 'PAID' AND purpose = 'bill'),
        (SELECT count(*) FROM notification.messages WHERE template = 'payment_completed' AND sid IS NOT NULL),
        (SELECT count(*) FROM audit.trail t JOIN payment.payments p ON p.id::text = t.subject
         WHERE t.type = 'wattline.payment_completed.v1' AND p.purpose = 'bill')
      )::int AS least`);
    return rows[0]!.least;
  }

  private async smsAccepted(): Promise<number> {
    const { body } = await this.simulator.request({ method: 'GET', path: '/twilio/log?limit=1' });
    return ((await body.json()) as { accepted: number }).accepted;
  }

  private async payOne(): Promise<boolean> {
    const payer = this.payers[Math.floor(Math.random() * this.payers.length)]!;
    const billId = payer.bills.pop();
    if (!billId) throw new Error('the benchmark has run out of bills');
    const { status } = await this.call('POST', '/api/payments', payer.token, { billId, amount: '1.00' });
    return status === 202;
  }

  private async register(i: number): Promise<Payer> {
    const phone = `+23480${String(10_000_000 + i)}`;
    const { status, json } = await this.call('POST', '/api/auth/register', undefined, {
      name: `Payer ${i}`,
      phone,
      password: `bench ${randomUUID()}`,
    });
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(json)}`);
    const { user, accessToken } = json as { user: { id: string }; accessToken: string };
    return { id: user.id, token: accessToken, bills: [] };
  }

  private async addFunds(payer: Payer): Promise<void> {
    const path = `/api/wallets/${payer.id}/add-funds`;
    const { status } = await this.call('POST', path, payer.token, { amount: '1000000.00' });
    if (status !== 202) throw new Error(`add funds: ${status}`);
  }

  private async issueBills(count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, i) => {
      const id = newId();
      const payer = this.payers[i % this.payers.length]!;
      payer.bills.push(id);
      return { id, number: numberFor('B', id), payer: payer.id };
    });
    await this.database.query(
      `INSERT INTO billing.bills (id, number, kind, customer_id, issued_by, amount, currency, due_date, status, created_at)
       SELECT id, number, 'bill', payer, payer, 100, $4, current_date + 30, 'unpaid', now()
       FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS v(id, number, payer)`,
      [rows.map((row) => row.id), rows.map((row) => row.number), rows.map((row) => row.payer), CURRENCY],
    );
    await this.database.query('ANALYZE');
  }

  private async untilMoneyIsThere(): Promise<void> {
    for (const payer of this.payers) {
      for (let tries = 0; ; tries++) {
        const { json } = await this.call('GET', '/api/wallet', payer.token);
        if (Number((json as { available: { amount: string } }).available.amount) > 0) break;
        if (tries > 1_000) throw new Error('the money did not arrive');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  private async call(method: 'GET' | 'POST', path: string, token?: string, body?: object) {
    const { statusCode, body: answer } = await this.pool.request({
      method,
      path,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(method === 'POST' && { 'idempotency-key': newId() }),
      },
      body: body ? JSON.stringify(body) : null,
    });
    return { status: statusCode, json: await answer.json() };
  }
}
