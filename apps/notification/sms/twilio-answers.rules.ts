/** A call that Twilio, or something on the way, answered with an error status. */
export interface Refusal {
  status: number;
  /** Twilio's error code; absent when the answer was none of Twilio's. */
  code?: number;
  retryAfterMillis?: number;
}

export type Verdict =
  /** Twilio did not take it, and may take it later. */
  | { kind: 'not_done'; code: string; retryAfterMillis?: number }
  /** Twilio will not take it. `misconfigured` when we, not the recipient, must change something. */
  | { kind: 'failed'; code: string; misconfigured: boolean }
  | { kind: 'unknown'; code: string };

/** 20429 too many requests, 21611 the queue of our number is full. */
const RETRY = new Set([20429, 21611]);
/**
 * Wrong credentials or path, a sender that is not ours, a country that is not enabled, a trial account, and
 * texts that we should not have made.
 */
const MISCONFIGURED = new Set([20003, 20404, 21212, 21408, 21602, 21603, 21606, 21608, 21609, 21617, 21659]);
const MISCONFIGURED_STATUS = new Set([401, 403, 404, 405, 407]);
const RETRY_AFTER_MAX_MILLIS = 3_600_000;

/**
 * What a refusal to send means. Twilio asks not to build on single codes: only those listed count, every
 * other one is judged by its HTTP status. From 500 on, and where a proxy gave up waiting, nobody knows.
 */
export function judgeRefusal({ status, code, retryAfterMillis }: Refusal): Verdict {
  const name = code === undefined ? `http_${status}` : String(code);
  if (status === 429 || (status === 400 && RETRY.has(code ?? 0))) {
    const wait =
      retryAfterMillis === undefined ? undefined : Math.min(retryAfterMillis, RETRY_AFTER_MAX_MILLIS);
    return { kind: 'not_done', code: name, retryAfterMillis: wait };
  }
  if (status < 400 || status >= 500 || status === 408) return { kind: 'unknown', code: name };
  const misconfigured = code === undefined ? MISCONFIGURED_STATUS.has(status) : MISCONFIGURED.has(code);
  return { kind: 'failed', code: name, misconfigured: misconfigured || status === 401 };
}

/** `Retry-After` in seconds or as a date, in milliseconds from now. */
export function retryAfterOf(header: unknown, nowMillis: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMillis);
}

const BEFORE_ANY_REQUEST = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED']);

/** True when no connection came about, so that the request cannot have left. Anything else may have. */
export function neverLeft(error: unknown): boolean {
  const { code, syscall, errors } = fieldsOf(error);
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverLeft);
  return (
    (typeof code === 'string' && BEFORE_ANY_REQUEST.has(code)) ||
    syscall === 'connect' ||
    syscall === 'getaddrinfo'
  );
}

/** What may be written about an error: its code. Its message may quote the number or the text. */
export function nameOf(error: unknown): string {
  const { code, name } = fieldsOf(error);
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'error';
}

/** Not by class: an error of a socket may come from another realm than ours. */
function fieldsOf(error: unknown): Partial<Record<'code' | 'name' | 'syscall' | 'errors', unknown>> {
  return typeof error === 'object' && error !== null ? error : {};
}
