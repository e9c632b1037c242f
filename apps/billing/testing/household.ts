import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Envelope, type EventDefinition, type PayloadOf, TokensIssued, VendRequested } from '#contracts';
import { newId } from '#kernel';
import { claimBill } from './claim-bill.js';

/** What the service answers, as far as these tests look into it. */
interface Said {
  id: string;
  code: string;
  amount: { amount: string; currency: string };
  kwh: string | null;
  source: string | null;
  forecast: { basis: string; dailyKwh: string; daysLeft: number | null };
  readings: string;
  granularity: string;
  items: { period: string; kwh: string | null; complete: boolean; purchases: object }[];
  total: { kwh: string | null };
  lowBalanceKwh: string | null;
  alerts: { alert: string; state: string; raisedAt: string | null }[];
}

interface Answer {
  status: number;
  body: Said;
}

interface Api {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  patch(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

/** The service under test, with the others played. */
interface Billing {
  as(userId: string): Api;
  asService(service: 'payment'): Api;
  publish<E extends EventDefinition>(event: E, subject: string, payload: PayloadOf<E>): Promise<unknown>;
  untilPublished<E extends EventDefinition>(event: E, subject: string): Promise<Envelope<PayloadOf<E>>>;
}

/** A meter of the demo, and somebody who has it on their list. */
export class Household {
  private constructor(
    readonly billing: Billing,
    readonly id: string,
    readonly meterId: string,
    readonly meterNumber: string,
  ) {}

  static async at(billing: Billing, meterNumber: string): Promise<Household> {
    const id = newId();
    const { status, body } = await billing.as(id).post('/api/meters', { number: meterNumber });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return new Household(billing, id, body.id, meterNumber);
  }

  get api(): Api {
    return this.billing.as(this.id);
  }

  /** Electricity for so much, of which the tokens are issued; gives the kilowatt-hours. */
  async buy(amount: string): Promise<string> {
    const { meterNumber, id: payerId, billing } = this;
    const { body: bill } = await this.api.post('/api/electricity/verify', { meterNumber, amount });
    const paymentId = newId();
    await claimBill(billing.asService('payment'), { billId: bill.id, paymentId, payerId });
    const order = { paymentId, billId: bill.id, payerId, meterNumber, amount: bill.amount };
    await billing.publish(VendRequested, paymentId, order);
    const { data } = await billing.untilPublished(TokensIssued, paymentId);
    return data.units.kwh!;
  }

  read(body: object) {
    return this.api.post(`/api/meters/${this.meterId}/readings`, body);
  }

  async balance(): Promise<Said> {
    return (await this.api.get(`/api/meters/${this.meterId}/balance`)).body;
  }

  async consumption(query: string): Promise<Said> {
    return (await this.api.get(`/api/meters/${this.meterId}/consumption?${query}`)).body;
  }
}

/** Meters that report, outside: what each of them says is what the test has written. */
export class LineOfMeters {
  readonly readings = new Map<string, { at: string; totalKwh?: string; creditKwh?: string | null }[]>();
  readonly asked: string[] = [];
  /** Instead of an answer. */
  trouble: { status: number; body: string } | undefined;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<LineOfMeters> {
    const server = createServer((request, response) => {
      const { status, body } = line.answer(new URL(request.url!, 'http://line'));
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    const line = new LineOfMeters(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/meters`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer({ pathname, searchParams }: URL): { status: number; body: string } {
    const number = pathname.split('/')[2]!;
    this.asked.push(number);
    if (this.trouble) return this.trouble;
    const known = this.readings.get(number);
    if (!known) return { status: 404, body: '{}' };
    const wanted = known.filter(({ at }) => at > (searchParams.get('from') ?? ''));
    const items = wanted.slice(0, Number(searchParams.get('limit') ?? 500));
    return { status: 200, body: JSON.stringify({ items, more: wanted.length > items.length }) };
  }
}
