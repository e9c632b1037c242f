/** What a meter said of itself at one moment (Unix milliseconds); it says one of the two, or both. */
export interface Reading {
  at: number;
  /** All the energy that ever went through it; it never falls. */
  totalWh: bigint | null;
  /** What may still go through it. */
  creditWh: bigint | null;
}

/** Energy that was bought for a meter. */
export interface Purchase {
  at: number;
  wattHours: bigint;
}

/** How much had gone through at this moment, counted from anywhere. */
export interface Point {
  at: number;
  wattHours: bigint;
}

/** Points with rising times, whose energy never falls. */
export type Curve = readonly Point[];

export interface Use {
  wattHours: bigint;
  /** Readings cover the time from its beginning to its end. */
  complete: boolean;
}

/**
 * The energy that went through a meter. Its register says it; where a meter tells its credit alone, what was used
 * between two readings is what the credit fell, and what was bought meanwhile: a token counts as keyed in when it is
 * bought. Credit that rose by more came from elsewhere; of that time no use is known, and none is counted.
 */
export function curveOf(readings: readonly Reading[], purchases: readonly Purchase[]): Curve {
  const registers = readings.filter((it) => it.totalWh !== null);
  if (registers.length > 1 || !readings.some((it) => it.creditWh !== null)) {
    return registers.map(({ at, totalWh }) => ({ at, wattHours: totalWh! }));
  }
  const points: Point[] = [];
  let last: Reading | undefined;
  for (const reading of readings) {
    if (reading.creditWh === null) continue;
    const bought = last ? boughtBetween(purchases, last.at, reading.at) : 0n;
    const used = last ? last.creditWh! + bought - reading.creditWh : 0n;
    const before = points.at(-1)?.wattHours ?? 0n;
    points.push({ at: reading.at, wattHours: before + (used > 0n ? used : 0n) });
    last = reading;
  }
  return points;
}

/** After the first moment, up to and at the second. */
export function boughtBetween(purchases: readonly Purchase[], after: number, until: number): bigint {
  return purchases.reduce(
    (sum, { at, wattHours }) => (at > after && at <= until ? sum + wattHours : sum),
    0n,
  );
}

/**
 * The energy at a moment: between two readings it rises evenly, rounded down to a watt-hour. Undefined before the first
 * reading and after the last one.
 */
export function energyAt(curve: Curve, at: number): bigint | undefined {
  const next = firstFrom(curve, at);
  const after = curve[next];
  if (!after) return undefined;
  if (after.at === at) return after.wattHours;
  const before = curve[next - 1];
  if (!before) return undefined;
  const rise = after.wattHours - before.wattHours;
  return before.wattHours + (rise * BigInt(at - before.at)) / BigInt(after.at - before.at);
}

/**
 * What was used in a time, as far as readings cover it; undefined where they cover nothing of it. It is the difference
 * of two points of one curve, so that the parts of a time, however it is cut, add up to the whole.
 */
export function usedBetween(curve: Curve, from: number, to: number): Use | undefined {
  const first = curve[0];
  const last = curve.at(-1);
  if (!first || !last) return undefined;
  const start = Math.max(from, first.at);
  const end = Math.min(to, last.at);
  if (start >= end) return undefined;
  const wattHours = energyAt(curve, end)! - energyAt(curve, start)!;
  return { wattHours, complete: start === from && end === to };
}

/** The index of the first point at or after a moment. */
function firstFrom(curve: Curve, at: number): number {
  let [low, high] = [0, curve.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
