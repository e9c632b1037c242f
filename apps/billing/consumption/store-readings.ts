import { Injectable } from '@nestjs/common';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { AlertBell } from '../alerts/alert-bell.js';
import { MeterSeries } from './meter-series.entity.js';
import { timeOf } from './readings.rules.js';
import type { Reading } from './register.rules.js';

export interface Stored {
  /** New ones. */
  stored: number;
  /** That were known already, with the same values. */
  known: number;
}

interface Answer {
  at: Date | null;
  fault: 'conflict' | 'reading_backwards' | null;
  stored: bigint;
}

/** Looks at the neighbours in time of each reading, and stores all of them or none, in one statement. */
const STORE = `
  WITH given AS (SELECT * FROM unnest($2::timestamptz[], $3::bigint[], $4::bigint[]) AS g(at, total_wh, credit_wh)),
  faults AS (
    SELECT g.at, 'conflict' AS fault FROM given g JOIN meter_readings r ON r.series_id = $1 AND r.at = g.at
    WHERE (r.total_wh, r.credit_wh) IS DISTINCT FROM (g.total_wh, g.credit_wh)
    UNION ALL
    SELECT g.at, 'reading_backwards' FROM given g
    WHERE g.total_wh < (SELECT total_wh FROM meter_readings r WHERE series_id = $1 AND r.at < g.at
                        AND total_wh IS NOT NULL ORDER BY r.at DESC LIMIT 1)
       OR g.total_wh > (SELECT total_wh FROM meter_readings r WHERE series_id = $1 AND r.at > g.at
                        AND total_wh IS NOT NULL ORDER BY r.at LIMIT 1)),
  stored AS (
    INSERT INTO meter_readings SELECT $1, at, total_wh, credit_wh FROM given WHERE NOT EXISTS (SELECT FROM faults)
    ON CONFLICT DO NOTHING RETURNING at)
  SELECT f.at, f.fault, (SELECT count(*) FROM stored) AS stored
  FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT * FROM faults ORDER BY at LIMIT 1) f ON true`;

/** Adds readings to a series: all of them or none, and one that is known already changes nothing. */
@Injectable()
export class StoreReadings {
  constructor(private readonly bell: AlertBell) {}

  /** `readings` as `checkReadings` gives them. Refusals: conflict (one moment, two values), reading_backwards. */
  async run(series: MeterSeries, readings: readonly Reading[], tx: Tx): Promise<Result<Stored>> {
    await tx.insertIfAbsent(MeterSeries, series);
    // The lock: what is compared below does not change before the commit.
    const row = await tx.get(MeterSeries, series.id);
    const [answer] = await tx.query<Answer>(STORE, [
      row.id,
      readings.map(({ at }) => new Date(at)),
      readings.map(({ totalWh }) => totalWh),
      readings.map(({ creditWh }) => creditWh),
    ]);
    const { at, fault, stored } = answer!;
    if (fault) return refuse(new Problem(fault, at ? timeOf(at.getTime()) : undefined));
    if (stored > 0n) tx.afterCommit(() => this.bell.ring(row.meterNumber));
    return ok({ stored: Number(stored), known: readings.length - Number(stored) });
  }
}
