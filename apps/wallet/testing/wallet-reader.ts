import { type Envelope, type PayloadOf, typeOf, WalletUpdated } from '#contracts';
import type { Payment } from './played-payments.js';

interface Api {
  get(path: string): Promise<{ body: unknown }>;
}

interface Service {
  as(userId: string): Api;
  asService(service: 'gateway'): Api;
  database: { rows<R extends object>(sql: string, values?: unknown[]): Promise<R[]> };
}

type Amounts = Record<'balance' | 'available' | 'held', { amount: string }>;

/** Reads a wallet service as tests talk about it. */
export class WalletReader {
  constructor(private readonly service: Service) {}

  /** `balance available held` of a person. */
  moneyOf = async (userId: string): Promise<string> => {
    const { balance, available, held } = (await this.service.as(userId).get('/api/wallet')).body as Amounts;
    return [balance, available, held].map((it) => it.amount).join(' ');
  };

  /** The check of the books, and the sum of all balances in all currencies. */
  books = async (): Promise<unknown> => {
    const { body } = await this.service.asService('gateway').get('/internal/ledger/verify');
    const [sum] = await this.service.database.rows<{ of_all: string }>(
      'SELECT sum(balance)::text AS of_all FROM wallet.accounts',
    );
    return { ...(body as object), sum: sum?.of_all };
  };

  /** The state of a payment's hold. */
  stateOf = async ({ paymentId }: Payment): Promise<string | undefined> => {
    const [row] = await this.service.database.rows<{ state: string }>(
      'SELECT state FROM wallet.holds WHERE id = $1',
      [paymentId],
    );
    return row?.state;
  };

  /** The events that the wallet has announced about a payment, as committed with their causes. */
  announced = async (payment: Payment): Promise<string[]> =>
    (await this.envelopesAbout(payment)).map(({ type }) => type.replace(/^wattline\.|\.v1$/g, ''));

  /** The announced changes of balances, as `change amount balance available`. */
  changesBy = async (payment: Payment): Promise<string[]> =>
    (await this.envelopesAbout(payment))
      .filter(({ type }) => type === typeOf(WalletUpdated))
      .map(({ data }) => {
        const { change, amount, balance, available } = data as PayloadOf<typeof WalletUpdated>;
        return `${change} ${amount.amount} ${balance.amount} ${available.amount}`;
      });

  /** What became of events: `done`, `retry` or `dead` each. */
  handling = async (...events: Envelope[]): Promise<string[]> => {
    const rows = await this.service.database.rows<{ state: string }>(
      'SELECT state FROM wallet.inbox WHERE event_id = ANY($1)',
      [events.map(({ id }) => id)],
    );
    return rows.map(({ state }) => state);
  };

  /** Why an event is a dead letter. */
  deathOf = async (event: Envelope): Promise<string | undefined> => {
    const { body } = await this.service.asService('gateway').get('/internal/ops/dead-letters');
    return (body as { id: string; error: string }[]).find(({ id }) => id === event.id)?.error;
  };

  private async envelopesAbout({ paymentId }: Payment): Promise<Envelope[]> {
    const rows = await this.service.database.rows<{ envelope: string }>(
      `SELECT envelope FROM wallet.outbox WHERE envelope::json -> 'data' ->> 'paymentId' = $1 ORDER BY id`,
      [paymentId],
    );
    return rows.map((row) => JSON.parse(row.envelope) as Envelope);
  }
}
