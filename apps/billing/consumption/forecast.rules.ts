import { type Curve, type Purchase, type Reading, usedBetween } from './register.rules.js';
import type { Period } from './calendar.rules.js';

const DAY = 86_400_000;
/** Fewer say too little. */
const LEAST_DAYS = 3;
const LEAST_PURCHASES = 3;
/** Habits change: older purchases do not count. */
const PURCHASES_USED = 9;
/** Who has not bought for this many times their longest gap buys otherwise, or elsewhere, or has moved. */
const GAPS_OF_SILENCE = 2n;

/** What a forecast was made from. */
export type Basis = 'readings' | 'purchases';

export interface DailyUse {
  basis: Basis;
  /** Watt-hours of an average day. */
  wattHours: bigint;
}

/**
 * A usual day: the mean of the days that readings cover, without the fifth of them with the least and the fifth with
 * the most, so that a feast or a week away does not count. Days on which the credit stood at zero say nothing of what
 * is wanted and are left out. Undefined for fewer than three days.
 */
export function dailyUseOfReadings(
  curve: Curve,
  readings: readonly Reading[],
  days: readonly Period[],
): bigint | undefined {
  const empty = readings.filter(({ creditWh }) => creditWh === 0n);
  const used: bigint[] = [];
  for (const { from, to } of days) {
    const use = usedBetween(curve, from, to);
    const stood = empty.some(({ at }) => at > from && at <= to);
    if (use?.complete && !stood) used.push(use.wattHours);
  }
  if (used.length < LEAST_DAYS) return undefined;
  const cut = Math.floor(used.length / 5);
  const kept = sorted(used).slice(cut, used.length - cut);
  return kept.reduce((sum, it) => sum + it, 0n) / BigInt(kept.length);
}

/**
 * A usual day of somebody whose meter says nothing: what was bought lasted until the next purchase, and the middle one
 * of these rates is taken. Purchases within a day are one. Undefined for fewer than three, and when the last one is
 * longer ago than two of the longest gaps.
 */
export function dailyUseOfPurchases(purchases: readonly Purchase[], now: number): bigint | undefined {
  const visits = visitsOf(purchases).slice(-PURCHASES_USED);
  if (visits.length < LEAST_PURCHASES) return undefined;
  const gaps = visits.slice(1).map(({ at }, i) => BigInt(at - visits[i]!.at));
  const longest = sorted(gaps).at(-1)!;
  if (BigInt(now - visits.at(-1)!.at) > longest * GAPS_OF_SILENCE) return undefined;
  const rates = sorted(gaps.map((gap, i) => (visits[i]!.wattHours * BigInt(DAY)) / gap));
  return rates[Math.floor((rates.length - 1) / 2)];
}

/** Purchases within a day of the first of them, as one. In the order of time. */
export function visitsOf(purchases: readonly Purchase[]): Purchase[] {
  const visits: Purchase[] = [];
  for (const { at, wattHours } of purchases) {
    const last = visits.at(-1);
    if (last && at - last.at < DAY) last.wattHours += wattHours;
    else visits.push({ at, wattHours });
  }
  return visits;
}

/** Whole days that the energy lasts; undefined when nothing is used, for then nobody can say. */
export function daysLeft(remainingWh: bigint, daily: DailyUse | undefined): number | undefined {
  if (!daily || daily.wattHours <= 0n) return undefined;
  return Number(remainingWh / daily.wattHours);
}

function sorted(values: bigint[]): bigint[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
