import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Scenario } from '../scenarios/scenario.js';
import { percentile } from '../report/statistics.js';

/** From the last order to its last effect. */
const LONGEST_MILLIS = 120_000;

export interface Latencies {
  perSecond: number;
  sent: number;
  refused: { status: number; retryAfter: boolean }[];
  /** Milliseconds from the moment at which the order should have been sent. */
  accepted: Quantiles;
  paid: Quantiles;
}

export interface Quantiles {
  p50: number;
  p99: number;
}

/**
 * So many orders a second, whether the system keeps up or not. Latencies count from the moment at which an order
 * was meant to be sent: an order that had to wait its turn has waited (no coordinated omission). PAID is when the
 * transaction was committed, by PostgreSQL's own clock on the same machine.
 */
export async function openLoop(
  scenario: Scenario,
  database: pg.Client,
  perSecond: number,
  seconds: number,
): Promise<Latencies> {
  const total = Math.round(perSecond * seconds);
  const due = new Map<string, number>();
  const accepted: number[] = [];
  const refused: Latencies['refused'] = [];
  const underWay: Promise<void>[] = [];
  const started = performance.now();
  const startedAt = performance.timeOrigin + started;
  for (let i = 0; i < total; i++) {
    const wait = started + (1_000 * i) / perSecond - performance.now();
    if (wait > 0.5) await sleep(wait);
    underWay.push(
      scenario.send().then((sent) => {
        const late = (1_000 * i) / perSecond;
        if ('refused' in sent)
          return void refused.push({ status: sent.refused, retryAfter: sent.retryAfter });
        accepted.push(performance.now() - started - late);
        due.set(sent.paymentId, startedAt + late);
      }),
    );
  }
  await Promise.all(underWay);
  await untilNothingIsUnderWay(scenario);
  const paid = await commitTimes(database, due);
  if (paid.length !== accepted.length)
    throw new Error(`${accepted.length} orders were accepted, and ${paid.length} of them are PAID`);
  return { perSecond, sent: total, refused, accepted: quantiles(accepted), paid: quantiles(paid) };
}

async function untilNothingIsUnderWay(scenario: Scenario): Promise<void> {
  const deadline = performance.now() + LONGEST_MILLIS;
  while ((await scenario.underWay()) > 0) {
    if (performance.now() > deadline) throw new Error('what was accepted has not come to its end in time');
    await sleep(20);
  }
}

async function commitTimes(database: pg.Client, due: Map<string, number>): Promise<number[]> {
  const { rows } = await database.query<{ id: string; at: number }>(
    `SELECT id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8 AS at
     FROM payment.payments WHERE id = ANY($1::uuid[]) AND status = 'PAID'`,
    [[...due.keys()]],
  );
  return rows.map(({ id, at }) => at - due.get(id)!);
}

function quantiles(values: number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}
