/** What was asked for, or the one word that says why not. The words of each function stand in its type. */
export type Outcome<T, R extends string> = { ok: true; value: T } | Refused<R>;

export interface Refused<R extends string> {
  ok: false;
  reason: R;
}

export function made<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function refused<R extends string>(reason: R): Refused<R> {
  return { ok: false, reason };
}
