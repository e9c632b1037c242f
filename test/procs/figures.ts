import type { FaultRunResult, GroupResult } from './run-faults.js';

/** The figure of a run, and what it took to come back from each kind of fault. */
export function figuresOf(result: FaultRunResult): string {
  const { faults, payments, lost, duplicated, unbalanced, violations, surprises, forced, groups } = result;
  const longest = Math.max(0, ...groups.map(({ settledMillis }) => settledMillis));
  const asked = Object.entries(result.retried).map(([why, times]) => `${why} ${times}`);
  const lines = [
    `${faults} faults, ${payments} payments, ${lost.length} lost, ${duplicated.length} duplicated, ` +
      `${unbalanced.length} unbalanced, all settled within ${(longest / 1000).toFixed(1)} s (seed ${result.seed})`,
    `asked again: ${asked.join(', ') || 'never'}`,
    ...recoveries(groups),
  ];
  for (const [what, found] of Object.entries({ violations, surprises, lost, duplicated, unbalanced, forced }))
    if (found.length > 0) lines.push(`${what}:`, ...found.slice(0, 20).map((it) => `  ${it}`));
  const last = groups.at(-1);
  if (violations.length + surprises.length > 0 && last) lines.push(`after ${last.says.join('; ')}`);
  return lines.join('\n');
}

export function isClean({ lost, duplicated, unbalanced, violations, surprises }: FaultRunResult): boolean {
  return [lost, duplicated, unbalanced, violations, surprises].every((found) => found.length === 0);
}

function recoveries(groups: GroupResult[]): string[] {
  const classes = [...new Set(groups.map((group) => group.class))].sort();
  return classes.map((name) => {
    const these = groups.filter((group) => group.class === name);
    const faults = these.reduce((sum, group) => sum + group.faults, 0);
    const times = these.map(({ recoveryMillis }) => recoveryMillis).sort((a, b) => a - b);
    const ready = these.map(({ readyMillis }) => readyMillis).sort((a, b) => a - b);
    const settled = Math.max(...these.map(({ settledMillis }) => settledMillis));
    const rates = these.flatMap(({ rate }) => rate ?? []);
    const sum = (of: 'before' | 'after') => rates.reduce((total, rate) => total + rate[of], 0);
    return (
      `  ${name.padEnd(14)} ${String(faults).padStart(4)} faults; all ready after ${seconds(ready[ready.length >> 1]!)} (median); a payment is PAID again after ` +
      `${seconds(times[times.length >> 1]!)} (median), ${seconds(times.at(-1)!)} (longest); settled within ${seconds(settled)}` +
      (rates.length > 0 ? `; rate 10 s later ${((100 * sum('after')) / sum('before')).toFixed(0)} %` : '')
    );
  });
}

function seconds(millis: number): string {
  return `${(millis / 1000).toFixed(1)} s`;
}
