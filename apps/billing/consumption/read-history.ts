import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, type Currency, dayIn, isId, ok, Problem, refuse, type Result } from '#kernel';
import { SavedMeter } from '../meters/saved-meter.entity.js';
import { addDays, daysBetween } from './calendar.rules.js';
import { balanceOf, type Balance } from './balance.rules.js';
import { dailyUseOfPurchases, dailyUseOfReadings, type DailyUse } from './forecast.rules.js';
import { type Curve, curveOf, type Purchase, type Reading } from './register.rules.js';

const DAY = 86_400_000;
/** Days that a usual day is made of. */
const USUAL_DAYS = 14;
/** What is looked back upon to know the balance. */
const WINDOW = 40 * DAY;
const PURCHASES_MAX = 1_000;

export interface PaidPurchase extends Purchase {
  /** Minor units; null when it was not paid for with money. */
  paid: bigint | null;
}

/** What one person may know of a meter on their list. */
export interface History {
  saved: SavedMeter;
  /** The utility's. */
  timeZone: string;
  currency: Currency;
  source: 'meter' | 'own' | 'none';
  readings: Reading[];
  curve: Curve;
  /** That this person paid for, oldest first. */
  purchases: PaidPurchase[];
  /** The present, or the newest reading where the meter's clock is ahead of ours. */
  now: number;
}

export interface Outlook {
  balance: Balance | undefined;
  daily: DailyUse | undefined;
}

/** A window of readings with the one before and the one after: between these the energy of its ends is found. */
const READINGS = `
  SELECT at, total_wh AS "totalWh", credit_wh AS "creditWh" FROM meter_readings
  WHERE series_id = $1 AND at >= $4
    AND at >= coalesce((SELECT at FROM meter_readings WHERE series_id = $1 AND at <= $2 ORDER BY at DESC LIMIT 1), $2)
    AND at <= coalesce((SELECT at FROM meter_readings WHERE series_id = $1 AND at >= $3 ORDER BY at LIMIT 1), 'infinity')
  ORDER BY at`;

/**
 * Reads what a meter said and what its owner bought. Anybody may have any meter on their list, so what the meter
 * itself reports is shown only to whoever bought for it, and from their first purchase on (ADR 0037).
 */
@Injectable()
export class ReadHistory {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Of a meter on the person's own list; readings from the moment on that `from` gives. Refusal: not_found. */
  async ofOwner(ownerId: string, id: string, from?: number, to?: number): Promise<Result<History>> {
    const saved = isId(id)
      ? await this.dataSource.getRepository(SavedMeter).findOneBy({ id, ownerId })
      : null;
    return saved ? ok(await this.of(saved, from, to)) : refuse(new Problem('not_found'));
  }

  async of(saved: SavedMeter, from?: number, to?: number): Promise<History> {
    const [[tariff], purchases] = await Promise.all([
      this.dataSource.query<{ timeZone: string; currency: Currency }[]>(
        `SELECT t.time_zone AS "timeZone", t.currency FROM meters m JOIN tariffs t ON t.id = m.tariff_id
         WHERE m.number = $1`,
        [saved.number],
      ),
      this.purchasesOf(saved),
    ]);
    const { timeZone, currency } = tariff!;
    const first = purchases[0]?.at;
    const window = { from: from ?? this.clock.now().getTime() - WINDOW, to };
    const reported = first === undefined ? [] : await this.readingsOf(saved.number, window, first);
    const readings = reported.length > 0 ? reported : await this.readingsOf(saved.id, window);
    const source = reported.length > 0 ? 'meter' : readings.length > 0 ? 'own' : 'none';
    const now = Math.max(this.clock.now().getTime(), readings.at(-1)?.at ?? 0);
    const curve = curveOf(readings, purchases);
    return { saved, timeZone, currency, source, readings, curve, purchases, now };
  }

  private async purchasesOf({ ownerId, number }: SavedMeter): Promise<PaidPurchase[]> {
    const rows = await this.dataSource.query<{ at: Date; wattHours: bigint; paid: bigint | null }[]>(
      `SELECT ended_at AS at, watt_hours AS "wattHours", CASE cause WHEN 'payment' THEN amount END AS paid
       FROM vends WHERE owner_id = $1 AND meter_number = $2 AND state = 'issued'
       ORDER BY ended_at DESC LIMIT ${PURCHASES_MAX}`,
      [ownerId, number],
    );
    return rows.reverse().map(({ at, ...rest }) => ({ at: at.getTime(), ...rest }));
  }

  private async readingsOf(
    series: string,
    { from, to }: { from: number; to?: number },
    since = 0,
  ): Promise<Reading[]> {
    const values = [series, new Date(from), to === undefined ? 'infinity' : new Date(to), new Date(since)];
    const rows = await this.dataSource.query<(Omit<Reading, 'at'> & { at: Date })[]>(READINGS, values);
    return rows.map(({ at, ...rest }) => ({ at: at.getTime(), ...rest }));
  }
}

/** What is left, and how fast it goes: by readings where there are enough of them, else by purchases. */
export function outlookOf({ timeZone, readings, curve, purchases, now, source }: History): Outlook {
  const today = dayIn(timeZone, new Date(now));
  const days = daysBetween(timeZone, addDays(today, -USUAL_DAYS), addDays(today, -1));
  const byReadings = dailyUseOfReadings(curve, readings, days);
  const byPurchases = byReadings === undefined ? dailyUseOfPurchases(purchases, now) : undefined;
  const wattHours = byReadings ?? byPurchases;
  const basis = byReadings === undefined ? 'purchases' : 'readings';
  const daily = wattHours === undefined ? undefined : ({ basis, wattHours } as const);
  const balance = balanceOf({ readings, purchases, curve, daily, now, reports: source === 'meter' });
  return { balance, daily };
}
