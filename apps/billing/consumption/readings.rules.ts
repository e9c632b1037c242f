import { ok, Problem, refuse, type Result } from '#kernel';
import type { Reading } from './register.rules.js';

/** Clocks differ a little. */
const AHEAD = 5 * 60_000;
const OLDEST = 5 * 366 * 86_400_000;

/**
 * Readings as they may be stored: in the order of time, each moment once, the register never falling. Refusals:
 * validation_failed, conflict (one moment, two values), reading_in_future, reading_backwards.
 */
export function checkReadings(
  given: readonly Reading[],
  now: number,
  mayBeAhead: boolean,
): Result<Reading[]> {
  const inOrder = [...given].sort((a, b) => a.at - b.at);
  const checked: Reading[] = [];
  let register: bigint | undefined;
  for (const reading of inOrder) {
    const { at, totalWh, creditWh } = reading;
    if (totalWh === null && creditWh === null) return refuse(invalid('totalKwh or creditKwh is missing'));
    if (at < now - OLDEST) return refuse(invalid('at is more than five years ago'));
    if (at > now + AHEAD && !mayBeAhead) return refuse(new Problem('reading_in_future', timeOf(at)));
    const last = checked.at(-1);
    if (last?.at === at) {
      if (last.totalWh === totalWh && last.creditWh === creditWh) continue;
      return refuse(new Problem('conflict', `${timeOf(at)} has two values`));
    }
    if (totalWh !== null && register !== undefined && totalWh < register) {
      return refuse(new Problem('reading_backwards', timeOf(at)));
    }
    register = totalWh ?? register;
    checked.push(reading);
  }
  return ok(checked);
}

export const timeOf = (at: number) => `the reading of ${new Date(at).toISOString()}`;

function invalid(detail: string): Problem {
  return new Problem('validation_failed', detail, [{ detail, pointer: '#/readings' }]);
}
