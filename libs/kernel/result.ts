import type { Problem } from './problems.js';

/** An outcome that callers must look at: what was asked for, or the problem that stands in its way. */
export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(problem: Problem): { ok: false; problem: Problem } {
  return { ok: false, problem };
}

/** For the edge: the value, or the problem thrown for the one place that turns it into an answer. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw result.problem;
  return result.value;
}

/** For the default of an exhaustive switch: a case that was forgotten does not compile. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected case: ${String(value)}`);
}
