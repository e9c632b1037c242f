import { type FakeClock, newId } from '#kernel';
import { type Answer, type Json, startTestService, type TestService, until } from '#testing';
import type { BillingSettings } from '../../billing-settings.js';
import { billingService } from '../../index.js';
import { TokenIssuers } from '../../issuers/token-issuers.js';
import type { IssueOutcome, IssueRequest, TokenIssuer } from '../../vends/token-issuer.port.js';

/** A meter of the demo, and the password of none. */
export const METER = '04987654326';

/** A manufacturer of the test's own: it says what it is told, and keeps a log. */
export class ScriptedIssuer implements TokenIssuer {
  readonly calls: string[] = [];
  later: IssueOutcome = { kind: 'unknown', reason: 'still no answer' };

  constructor(private readonly answer: IssueOutcome) {}

  issue({ requestId }: IssueRequest): Promise<IssueOutcome> {
    this.calls.push(requestId);
    return Promise.resolve(this.answer);
  }

  fetchResult(): Promise<IssueOutcome> {
    return Promise.resolve(this.later);
  }
}

export const REFUSAL: IssueOutcome = {
  kind: 'refused',
  code: 'meter_not_vendable',
  reason: 'The meter is blocked.',
};

/** The billing service with the meters of the demo, as tests about vouchers talk about it. */
export class VoucherWorld {
  readonly ngozi = newId();
  readonly school = newId();
  private meters = 0;

  private constructor(
    readonly billing: TestService<BillingSettings>,
    readonly clock: FakeClock,
  ) {}

  static async start(clock: FakeClock, environment: Record<string, string> = {}): Promise<VoucherWorld> {
    const billing = await startTestService(billingService, {
      clock,
      environment: { SEED_DEMO: 'true', VOUCHER_TRIES: '1000', ...environment },
    });
    return new VoucherWorld(billing, clock);
  }

  get operator() {
    return this.billing.as(this.ngozi, 'operator');
  }

  order(more: object = {}): object {
    return { count: 1, amount: '1000.00', expiresOn: '2027-06-30', reason: 'a test', ...more };
  }

  /** A batch that an operator gives, with its codes. */
  async given(more: object = {}): Promise<Json> {
    const { status, body } = await this.operator.post('/api/vouchers', this.order(more));
    if (status !== 201) throw new Error(`batch: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async aCode(more: object = {}): Promise<string> {
    return (await this.given(more)).codes[0].code;
  }

  redeem(code: string, meterNumber = METER, who = newId()): Promise<Answer> {
    return this.billing.as(who).post('/api/vouchers/redeem', { code, meterNumber });
  }

  /** The redemption, once it has come to this. */
  until(who: string, { body }: Answer, state: string): Promise<Json> {
    return until(`the redemption is ${state}`, async () => {
      const { body: now } = await this.billing.as(who).get(body.links.self);
      return now.state === state && now;
    });
  }

  async countsOf(batchId: string): Promise<Json> {
    return (await this.operator.get(`/api/vouchers/${batchId}`)).body.counts;
  }

  /** A meter like that of the demo, whose tokens this issuer makes. */
  async meterOf(issuer: TokenIssuer): Promise<string> {
    this.billing.running.app.get(TokenIssuers).use('prism', issuer);
    const number = `0700000${String(++this.meters).padStart(4, '0')}`;
    for (const [table, changes] of [
      ['meters', { number }],
      ['meter_keys', { meter_number: number, issuer: 'prism' }],
    ] as const) {
      const key = table === 'meters' ? 'number' : 'meter_number';
      await this.billing.database.rows(
        `INSERT INTO billing.${table} SELECT (jsonb_populate_record(m, $2::jsonb)).*
         FROM billing.${table} m WHERE ${key} = $1`,
        [METER, changes],
      );
    }
    return number;
  }

  /** Every table of the service in which the text stands. */
  async tablesWith(text: string): Promise<string[]> {
    const tables = await this.billing.database.rows<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema = 'billing' AND table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const sql = `SELECT 1 FROM ${name} AS t WHERE strpos(t::text, $1) > 0 LIMIT 1`;
      if ((await this.billing.database.rows(sql, [text])).length > 0) found.push(name);
    }
    return found;
  }
}
