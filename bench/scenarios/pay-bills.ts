import type pg from 'pg';
import { Pool } from 'undici';
import { newId, numberFor } from '#kernel';
import type { RunningRound } from '../world/bench-world.js';
import { CURRENCY, People } from './people.js';
import type { Scenario, Sent } from './scenario.js';

const PAYERS = 24;

interface WaitingBill {
  id: string;
  payer: number;
}

/**
 * S2: bills paid from wallets, to the SMS that Twilio's simulator accepted and the trail. All bills credit one
 * account of the billers. S3 is the same with one payer for all of them: one wallet that every payment locks.
 */
export class PayBills implements Scenario {
  private readonly people: People;
  private readonly simulator: Pool;
  private bills: WaitingBill[] = [];
  private accepted = 0;
  private smsBefore = 0;

  constructor(
    round: RunningRound,
    private readonly payers = PAYERS,
  ) {
    this.people = new People(round);
    this.simulator = new Pool(round.simulatorUrl, { connections: 2 });
  }

  get database(): pg.Client {
    return this.people.database;
  }

  /** The bills are written directly, as if issued long ago. */
  async prepare(payments: number): Promise<void> {
    await this.people.register(this.payers);
    const rows = Array.from({ length: payments }, (_, i) => {
      const id = newId();
      const payer = i % this.payers;
      this.bills.push({ id, payer });
      return { id, number: numberFor('B', id), payer: this.people.all[payer]!.id };
    });
    await this.people.database.query(
      `INSERT INTO billing.bills (id, number, kind, customer_id, issued_by, amount, currency, due_date, status, created_at)
       SELECT id, number, 'bill', payer, payer, 100, $4, current_date + 30, 'unpaid', now()
       FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS v(id, number, payer)`,
      [rows.map((row) => row.id), rows.map((row) => row.number), rows.map((row) => row.payer), CURRENCY],
    );
    await this.people.database.query('ANALYZE billing.bills');
    this.smsBefore = await this.smsAccepted();
  }

  async send(): Promise<Sent> {
    const bill = this.bills.pop();
    if (!bill) throw new Error('the benchmark has run out of bills');
    const order = { billId: bill.id, amount: '1.00' };
    const sent = await this.people.order('/api/payments', this.people.all[bill.payer]!, order);
    if ('paymentId' in sent) this.accepted += 1;
    return sent;
  }

  async underWay(): Promise<number> {
    return this.accepted - ((await this.smsAccepted()) - this.smsBefore);
  }

  async done(): Promise<number> {
    const { rows } = await this.people.database.query<{ least: number }>(`
      SELECT least(
        (SELECT count(*) FROM payment.payments WHERE status = 'PAID' AND purpose = 'bill'),
        (SELECT count(*) FROM wallet.holds WHERE state = 'captured'),
        (SELECT count(*) FROM notification.messages WHERE template = 'payment_completed' AND sid IS NOT NULL),
        (SELECT count(*) FROM audit.trail WHERE type = 'wattline.payment_completed.v1'
           AND envelope LIKE '%"purpose":"bill"%')
      )::int AS least`);
    return rows[0]!.least;
  }

  async close(): Promise<void> {
    await this.people.close();
    await this.simulator.close();
  }

  private async smsAccepted(): Promise<number> {
    const { body } = await this.simulator.request({ method: 'GET', path: '/twilio/log?limit=1' });
    return ((await body.json()) as { accepted: number }).accepted;
  }
}
