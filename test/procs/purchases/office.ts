import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#kernel';
import type { MadeVend } from '#simulators';
import { checkDrn, DEMO_STS } from '#tokens';
import type { CarefulClient } from '../careful-client.js';
import type { FaultWorld } from '../fault-world.js';
import { ask } from '../witness.js';

const PHONE = '+2348099999999';
const PASSWORD = 'a lamp in every window';
const FIRST_METER = 70_000_000;
const SETTLE_MILLIS = 60_000;
const AT_ONCE = 8;
const TERMS = {
  minimum: '1',
  maximum: '10000000',
  rounding: { wattHours: 100, direction: 'down' },
  charges: [{ kind: 'vat', label: 'VAT 7.5 %', percent: '7.5' }],
  blocks: [{ perKwh: '68' }],
};

/** An operator: registers meters, sees what is in doubt, and settles it. */
export class Office {
  private constructor(
    private readonly world: FaultWorld,
    private readonly client: CarefulClient,
    private readonly headers: Record<string, string>,
  ) {}

  static async open(world: FaultWorld, client: CarefulClient): Promise<Office> {
    const { databaseUrl, environment } = world.plan;
    await promisify(execFile)(
      process.execPath,
      [join(process.cwd(), 'dist/apps/gateway/operator.js'), PHONE, 'Ada', 'Obi'],
      { env: { ...environment, DATABASE_URL: databaseUrl, WATTLINE_OPERATOR_PASSWORD: PASSWORD } },
    );
    const login = { phone: PHONE, password: PASSWORD };
    const { body } = await client.send('POST', '/api/auth/login', {}, login);
    return new Office(world, client, { authorization: `Bearer ${body.accessToken}` });
  }

  /** So many meters, taken in turn by these issuers; one tariff. */
  async registerMeters(count: number, issuers: readonly string[]): Promise<string[]> {
    const numbers = Array.from({ length: count }, (_, i) => withCheckDigit(FIRST_METER + i));
    const { databaseUrl } = this.world;
    const tariff = { name: 'Flat', utility: 'Faulty Electric', customerClass: 'residential' };
    await this.put('/api/ops/tariffs/flat', { ...tariff, currency: 'NGN', timeZone: 'Africa/Lagos' });
    await this.put('/api/ops/tariffs/flat/versions/2020-01-01', { terms: TERMS });
    const [first] = numbers;
    const meter = { holderName: 'Ada Obi', area: 'Surulere', tariffId: 'flat' };
    await this.put(`/api/ops/meters/${first}`, meter);
    await ask(
      databaseUrl,
      `INSERT INTO billing.meters
       SELECT (jsonb_populate_record(m, jsonb_build_object('number', n))).*
       FROM billing.meters m, unnest($2::text[]) AS n WHERE m.number = $1 AND n <> $1`,
      [first, numbers],
    );
    const { vendingKeyHex, ...key } = DEMO_STS;
    void vendingKeyHex; // it is the issuers'
    await ask(
      databaseUrl,
      `INSERT INTO billing.meter_keys (meter_number, issuer, key, last_tid, new_last_tid, count)
       SELECT number, ($3::text[])[1 + (place - 1) % $4], $2::jsonb, -1, -1, 0
       FROM unnest($1::text[]) WITH ORDINALITY AS meter (number, place)`,
      [numbers, JSON.stringify(key), issuers, issuers.length],
    );
    return numbers;
  }

  /** The payments that operators see as in doubt, each with the moment until which somebody sees to it. */
  async inDoubt(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (let cursor = ''; ;) {
      const path = `/api/ops/payments?inDoubt=true&limit=100${cursor && `&cursor=${cursor}`}`;
      const { body } = await this.client.send('GET', path, this.headers);
      for (const { id, unknownSince, owner, deadline } of body.items)
        if (unknownSince && owner) found.set(id, deadline);
      if (!body.nextCursor) return found;
      cursor = body.nextCursor;
    }
  }

  /** Says of each what the issuer's own people say: its token, or that none was made. */
  async settle(paymentIds: readonly string[], madeFor: (id: string) => MadeVend | undefined): Promise<void> {
    const left = [...paymentIds];
    const lanes = Array.from({ length: AT_ONCE }, async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) await this.settleOne(id, madeFor(id));
    });
    await Promise.all(lanes);
  }

  private async put(path: string, body: object): Promise<void> {
    const answer = await this.client.send('PUT', path, this.headers, body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  private async settleOne(id: string, made: MadeVend | undefined): Promise<void> {
    const reason = 'the issuer was asked by telephone';
    const order = made
      ? { outcome: 'delivered', tokens: [made.token], reason }
      : { outcome: 'not_delivered', reason };
    const deadline = performance.now() + SETTLE_MILLIS;
    for (;;) {
      const headers = { ...this.headers, 'idempotency-key': newId() };
      const { status, body } = await this.client.send(
        'POST',
        `/api/ops/payments/${id}/resolve`,
        headers,
        order,
      );
      if (status === 202) return;
      const isOpen = body?.code === 'payment_not_in_doubt' && (await this.inDoubt()).has(id);
      if (!isOpen || performance.now() > deadline)
        throw new Error(`${id} cannot be settled: ${status} ${JSON.stringify(body)}`);
      await sleep(200);
    }
  }
}

function withCheckDigit(body: number): string {
  const digits = `07${body}`;
  const last = [...'0123456789'].find((digit) => checkDrn(digits + digit).ok);
  return digits + last;
}
