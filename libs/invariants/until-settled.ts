import { SERVICES } from '#contracts';
import { failureKind } from '#persistence';
import { boundTo, CONSUMERS } from './i6-deliveries.js';
import { Snapshot } from './snapshot.js';

interface Rest {
  what: string;
  number: number;
}

const POLL_MILLIS = 20;

/**
 * Waits until nothing is under way: every event is published and has reached every service that is bound to
 * it, nothing waits for a retry, every outside call has its outcome, no payment is unfinished, and no bill is
 * promised to one. A database that is away is waited for. Dead letters are not: they do not move by
 * themselves, and the check that follows names them. Rejects after `timeoutMillis` with what is left.
 */
export async function untilSettled(databaseUrl: string, timeoutMillis = 15_000): Promise<void> {
  const deadline = performance.now() + timeoutMillis;
  for (;;) {
    const started = performance.now();
    const rest = await look(databaseUrl);
    if (rest.length === 0) return;
    const ended = performance.now();
    if (ended > deadline) {
      const left = rest.map(({ what, number }) => `${number} ${what}`).join(', ');
      throw new Error(`Not settled after ${timeoutMillis} ms: ${left}`);
    }
    // A large database is asked less often: the question must not be the load.
    await new Promise((resolve) => setTimeout(resolve, Math.max(POLL_MILLIS, ended - started)));
  }
}

async function look(databaseUrl: string): Promise<Rest[]> {
  try {
    return await Snapshot.take(databaseUrl, async (snapshot) => {
      const open = await snapshot.rows<Rest>(withNumbers(OPEN));
      return open.length > 0 ? open : snapshot.rows<Rest>(withNumbers(ON_THE_WAY));
    });
  } catch (error) {
    if (failureKind(error) === 'connection') return [{ what: 'database is away', number: 1 }];
    throw error;
  }
}

/** All of it is found by partial indexes, however much is finished. */
const OPEN = [
  ...SERVICES.map((service) => [
    `unpublished event(s) of ${service}`,
    `${service}.outbox WHERE published_at IS NULL`,
  ]),
  ...CONSUMERS.map((service) => [
    `event(s) to be tried again by ${service}`,
    `${service}.inbox WHERE state = 'retry'`,
  ]),
  ...SERVICES.map((service) => [
    `outside call(s) of ${service} without an outcome`,
    `${service}.effects WHERE state <> 'done'`,
  ]),
  ['unfinished payment(s)', `payment.payments WHERE status IN ('PENDING', 'PROCESSING')`],
  ['promised bill(s)', 'billing.bills WHERE claimed_by IS NOT NULL'],
] as [string, string][];

/** Published, and in a queue of the broker. Asked last, since it reads every event. */
const ON_THE_WAY = CONSUMERS.map((service): [string, string] => [
  `event(s) on the way to ${service}`,
  `(${boundTo(service)}) o WHERE NOT EXISTS (SELECT FROM ${service}.inbox i WHERE i.event_id = o.id)`,
]);

function withNumbers(parts: [what: string, from: string][]): string {
  const counts = parts.map(
    ([what, from]) => `SELECT '${what}' AS what, count(*)::int AS number FROM ${from}`,
  );
  return `SELECT * FROM (${counts.join(' UNION ALL ')}) AS rest WHERE number > 0`;
}
