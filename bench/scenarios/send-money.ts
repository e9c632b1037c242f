import { LiveClient } from '#testing';
import type { RunningRound } from '../world/bench-world.js';
import { People } from './people.js';
import type { Scenario, Sent } from './scenario.js';

const PEOPLE = 100;
const WATCHERS = 4;

/** S1: money from wallet to wallet, told by push to those who watch; no SMS, as its owner may choose. */
export class SendMoney implements Scenario {
  private readonly people: People;
  private watchers: LiveClient[] = [];

  constructor(private readonly round: RunningRound) {
    this.people = new People(round);
  }

  async prepare(): Promise<void> {
    await this.people.register(PEOPLE, { notifications: { bills: false, payments: false, wallet: false } });
    const tokens = this.people.all.slice(0, WATCHERS).map(({ headers }) => headers.authorization!.slice(7));
    this.watchers = await Promise.all(tokens.map((token) => LiveClient.signedIn(this.round.url, token)));
  }

  send(): Promise<Sent> {
    const from = Math.floor(Math.random() * PEOPLE);
    const to = (from + 1 + Math.floor(Math.random() * (PEOPLE - 1))) % PEOPLE;
    const [payer, payee] = [this.people.all[from]!, this.people.all[to]!];
    return this.people.order('/api/transfers', payer, { toWalletId: payee.id, amount: '1.00' });
  }

  async underWay(): Promise<number> {
    const { rows } = await this.people.database.query<{ open: number }>(
      `SELECT (SELECT count(*) FROM payment.payments WHERE status IN ('PENDING', 'PROCESSING'))::int AS open`,
    );
    return rows[0]!.open;
  }

  async done(): Promise<number> {
    const { rows } = await this.people.database.query<{ least: number }>(`
      SELECT least(
        (SELECT count(*) FROM payment.payments WHERE status = 'PAID' AND purpose = 'transfer'),
        (SELECT count(*) FROM wallet.holds WHERE state = 'captured'),
        (SELECT count(*) FROM audit.trail WHERE type = 'wattline.payment_completed.v1'
           AND envelope LIKE '%"purpose":"transfer"%')
      )::int AS least`);
    return rows[0]!.least;
  }

  async close(): Promise<void> {
    for (const watcher of this.watchers) watcher.close();
    await this.people.close();
  }
}
