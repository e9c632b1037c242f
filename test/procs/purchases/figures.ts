import type { PurchaseRunResult } from './run-purchases.js';

/** The figures of a run, in a few lines. */
export function purchaseFigures(result: PurchaseRunResult): string {
  const { seed, purchases, paid, failed, inDoubt, kills, struck, vendsMade, violations, millis } = result;
  const faults = Object.entries(struck).map(([fault, times]) => `${fault} ${times}`);
  const total = Object.values(struck).reduce((sum, times) => sum + times, 0);
  const twice = violations.filter((it) => /was made \d+ times/.test(it)).length;
  return [
    `${purchases} purchases, ${kills} kills, ${total} faults of issuers: ${paid} paid, ${failed} given back, ` +
      `${inDoubt} in doubt with a deadline; settled by operators: ${result.settledAsMade} as made, ` +
      `${result.settledAsNotMade} as not made (seed ${seed}, ${(millis / 1000).toFixed(0)} s)`,
    `by the issuers' own log ${vendsMade} vends, ${twice} of them twice; faults: ${faults.join(', ')}`,
    ...violations.slice(0, 30).map((it) => `  ${it}`),
  ].join('\n');
}
