const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** From one attempt to the next: ten attempts in a little more than three days. */
export const SCHEDULE_MILLIS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Added to a wait, at most this part of it, so that what failed together does not come back together. */
export const JITTER = 0.1;
/** How long an endpoint that asks for less is left alone when it does not say for how long. */
const SLOW_DOWN_MILLIS = MINUTE;
const LONGEST_RETRY_AFTER_MILLIS = 24 * HOUR;
const SLOW_DOWN: readonly number[] = [429, 502, 503, 504];

/** What an attempt brought: an answer, or the reason why there was none. */
export type AttemptResult =
  { status: number; answer: string; retryAfter: string | undefined } | { status: null; error: string };

export type Verdict =
  | { is: 'delivered' }
  /** The partner wants nothing more: the endpoint is switched off. */
  | { is: 'gone' }
  /** The schedule is over. */
  | { is: 'exhausted' }
  | { is: 'retry'; afterMillis: number; pauseMillis?: number };

/** What follows from the attempt at this step of the schedule. A redirect is a failure like any other. */
export function judge(result: AttemptResult, step: number, now: Date, random: number): Verdict {
  const { status } = result;
  if (status !== null && status >= 200 && status < 300) return { is: 'delivered' };
  if (status === 410) return { is: 'gone' };
  const wait = SCHEDULE_MILLIS[step + 1];
  if (wait === undefined) return { is: 'exhausted' };
  const afterMillis = Math.round(wait * (1 + JITTER * random));
  if (status === null || !SLOW_DOWN.includes(status)) return { is: 'retry', afterMillis };
  const asked = retryAfterMillis(result.retryAfter, now);
  return {
    is: 'retry',
    afterMillis: Math.max(afterMillis, asked ?? 0),
    pauseMillis: asked ?? SLOW_DOWN_MILLIS,
  };
}

/** `Retry-After` as seconds or as a date of HTTP; undefined when it is neither. At most a day. */
export function retryAfterMillis(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const millis = /^\d{1,9}$/.test(text) ? Number(text) * SECOND : dateMillis(text) - now.getTime();
  return Number.isNaN(millis) ? undefined : Math.min(Math.max(millis, 0), LONGEST_RETRY_AFTER_MILLIS);
}

function dateMillis(text: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? Date.parse(text)
    : NaN;
}
