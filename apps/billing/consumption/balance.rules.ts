import type { DailyUse } from './forecast.rules.js';
import { visitsOf } from './forecast.rules.js';
import { boughtBetween, type Curve, energyAt, type Purchase, type Reading } from './register.rules.js';

const DAY = 86_400_000;
/** For so long the last reading is what there is. */
const FRESH = 36 * 3_600_000;

export interface Balance {
  wattHours: bigint;
  /** Unix milliseconds. */
  asOf: number;
  /** The meter said so, or it is worked out from what was bought and used. */
  source: 'reading' | 'estimated';
}

export interface BalanceFacts {
  /** In the order of time, as purchases are. */
  readings: readonly Reading[];
  purchases: readonly Purchase[];
  curve: Curve;
  daily: DailyUse | undefined;
  now: number;
  /** The meter sends its readings by itself: what was keyed in shows in the next one. */
  reports: boolean;
}

/** What is left on a meter; undefined when nothing was ever read of it and too little bought. Never below zero. */
export function balanceOf(facts: BalanceFacts): Balance | undefined {
  const { readings, curve, purchases } = facts;
  const said = readings.filter(({ creditWh }) => creditWh !== null).at(-1);
  if (said) return sinceReading(facts, said.at, said.creditWh!);
  const first = curve[0];
  // A register alone: what was bought since it was first read, less what was used since.
  if (first && purchases.some(({ at }) => at > first.at)) return sinceReading(facts, first.at, 0n);
  return ofPurchases(facts);
}

/** From what a meter had at a moment, by what was bought and used after it. */
function sinceReading(facts: BalanceFacts, at: number, creditWh: bigint): Balance {
  const { purchases, curve, daily, now, reports, readings } = facts;
  const said = readings.some((it) => it.at === at && it.creditWh === creditWh);
  const end = curve.at(-1) ?? { at, wattHours: 0n };
  const later = purchases.filter((it) => it.at > at);
  const isNewest = said && end.at <= at && (reports || later.length === 0);
  if (isNewest && (now - at <= FRESH || !daily)) return { wattHours: creditWh, asOf: at, source: 'reading' };
  const read = end.at > at ? end.wattHours - (energyAt(curve, at) ?? curve[0]!.wattHours) : 0n;
  const readTo = Math.max(end.at, at);
  const asOf = daily ? now : Math.max(readTo, later.at(-1)?.at ?? at);
  const sinceThen = daily ? useOf(daily, asOf - readTo) : 0n;
  const left = creditWh + boughtBetween(purchases, at, asOf) - read - sinceThen;
  return { wattHours: left > 0n ? left : 0n, asOf, source: 'estimated' };
}

/** People buy when little is left: the last purchase, less what a usual day has used since. */
function ofPurchases({ purchases, daily, now }: BalanceFacts): Balance | undefined {
  const last = visitsOf(purchases).at(-1);
  if (!last || !daily) return undefined;
  const left = last.wattHours - useOf(daily, now - last.at);
  return { wattHours: left > 0n ? left : 0n, asOf: now, source: 'estimated' };
}

function useOf({ wattHours }: DailyUse, millis: number): bigint {
  return (wattHours * BigInt(Math.max(0, millis))) / BigInt(DAY);
}
