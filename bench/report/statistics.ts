/** Of sorted numbers, by nearest rank: so many of them, as a share, are no more. NaN of none. */
export function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export interface Spread {
  median: number;
  least: number;
  most: number;
  rounds: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)!, rounds: sorted.length };
}

/** How much the same floor, measured before and after a round, may differ before the round says nothing. */
export const FLOORS_DIFFER = 0.15;

export function isSteady(before: number, after: number): boolean {
  return Math.abs(before - after) / Math.max(before, after) <= FLOORS_DIFFER;
}
