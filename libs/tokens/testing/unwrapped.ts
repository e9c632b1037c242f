import type { Outcome } from '../outcome.js';

/** The value; a refusal fails the test. */
export function unwrapped<T, R extends string>(outcome: Outcome<T, R>): T {
  if (!outcome.ok) throw new Error(`Refused: ${outcome.reason}`);
  return outcome.value;
}
