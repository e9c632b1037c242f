import pg from 'pg';
import { type BillingSettings, billingService } from '#billing';
import { checkInvariants, type InvariantReport } from '#invariants';
import { newId } from '#kernel';
import type { RunningService } from '#service-host';
import { type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import type { SystemUnderTest } from '../e2e/system.js';

/** The demo's meters, without its people and what they have done. */
export async function seedMeters({ system }: SystemUnderTest): Promise<void> {
  const { app, parts } = system!.services.billing as RunningService<BillingSettings>;
  await billingService.seedDemo!(app, parts);
}

/** A few of everything that people do, in the order and with the overlaps of a busy minute. */
export async function aBusyMinute(world: SystemUnderTest): Promise<void> {
  const [amina, bola, chidi] = await Promise.all(
    ['Amina Bello', 'Bola Ade', 'Chidi Obi'].map((name) => Person.register(world, name)),
  );
  await Promise.all([amina!.addFunds('4500.00'), bola!.addFunds('50.00')]);
  const bills = await Promise.all(Array.from({ length: 8 }, () => amina!.createBill('45.00')));
  const payments = bills.flatMap((bill) => [pay(amina!, bill), pay(amina!, bill)]);
  const tooDear = await bola!.createBill('80.00');
  const changed = await chidi!.createBill('20.00');
  await chidi!.api.patch(`/api/bills/${changed.id}`, { amount: '25.00' });
  await chidi!.api.post(`/api/bills/${(await chidi!.createBill('5.00')).id}/cancel`);
  const transfer = amina!.post('/api/transfers', { toWalletId: chidi!.id, amount: '30.00', note: 'rent' });
  const electricity = [buy(amina!), buy(amina!)];
  await Promise.all([...payments, ...electricity, pay(bola!, tooDear), handOut(world, chidi!)]);
  await amina!.finished(await transfer);
}

/** Buys electricity for a meter of the demo. */
async function buy(person: Person): Promise<void> {
  const { body } = await person.api.post('/api/electricity/verify', {
    meterNumber: '04987654326',
    amount: '2000.00',
  });
  await person.finished(await person.post(`/api/vend/${body.id}/pay`, {}));
}

/** An institution buys four vouchers: two are redeemed, one is void, one is left. */
async function handOut(world: SystemUnderTest, redeemer: Person): Promise<void> {
  const role = { role: 'institution', institutionName: 'Bright School' };
  const school = await Person.register(world, 'Bright School', role);
  await school.addFunds('1000.00');
  const order = { count: 4, amount: '250.00', expiresOn: '2030-01-31', reason: 'for the teachers' };
  const { body: batch } = await school.api.post('/api/vouchers', order);
  await pay(school, { id: batch.id, amount: batch.total });
  const codes = await until('there are codes', async () => {
    const { body } = await school.api.post(`${batch.links.self}/codes`, {});
    return body.codes as { code: string }[] | undefined;
  });
  await school.api.post(`${batch.links.self}/void`, { reason: 'it was torn', serials: [4] });
  await Promise.all(
    codes.slice(0, 2).map(async ({ code }) => {
      const attempt = { code, meterNumber: '04987654326' };
      const { body } = await redeemer.api.post('/api/vouchers/redeem', attempt);
      await until('it is redeemed', async () => {
        const { body: now } = await redeemer.api.get(body.links.self);
        return now.state === 'redeemed';
      });
    }),
  );
}

/** Pays a bill, asking twice at once, and waits for the end of it. Another payment of the bill may be under way. */
async function pay(person: Person, { id: billId, amount }: Json): Promise<void> {
  const key = newId();
  const ask = () => person.post('/api/payments', { billId, amount: amount.amount }, key);
  const answers = await Promise.all([ask(), ask()]);
  const refusal = answers.find(({ status }) => status !== 202 && status !== 409);
  if (refusal) throw new Error(`${refusal.status} ${JSON.stringify(refusal.body)}`);
  const accepted = answers.find(({ status }) => status === 202);
  if (accepted) await person.finished(accepted);
}

/** A copy of a database that nobody is connected to, for one test to spoil. */
export class Copy {
  private constructor(
    readonly url: string,
    private readonly client: pg.Client,
  ) {}

  static async of(database: string): Promise<Copy> {
    const copy = new URL(database);
    copy.pathname = `/test_${newId().replaceAll('-', '')}`;
    const name = (url: string | URL) => new URL(url).pathname.slice(1);
    await asAdmin(`CREATE DATABASE ${name(copy)} TEMPLATE ${name(database)} STRATEGY wal_log`);
    const client = new pg.Client({ connectionString: copy.toString() });
    await client.connect();
    return new Copy(copy.toString(), client);
  }

  /** As the superuser, who may even rewrite the books. */
  async spoil(sql: string): Promise<void> {
    await this.client.query('ALTER TABLE wallet.transfers DISABLE TRIGGER immutable');
    await this.client.query('ALTER TABLE wallet.entries DISABLE TRIGGER immutable');
    await this.client.query(sql);
  }

  async rows<R extends object>(sql: string): Promise<R[]> {
    return (await this.client.query<R>(sql)).rows;
  }

  check(settled: boolean): Promise<InvariantReport> {
    return checkInvariants({ databaseUrl: this.url, settled });
  }

  async drop(): Promise<void> {
    await this.client.end();
    await asAdmin(`DROP DATABASE ${new URL(this.url).pathname.slice(1)} WITH (FORCE)`);
  }
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: process.env.WATTLINE_TEST_PG });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

/** The ids of the invariants that do not hold. */
export function broken(report: InvariantReport): string[] {
  return report.results.filter(({ holds }) => !holds).map(({ id }) => id);
}

/** What is wrong, for the message of a test that fails. */
export function violations(report: InvariantReport): string[] {
  return report.results.flatMap((it) => it.violations.map((text) => `${it.id}: ${text}`));
}
