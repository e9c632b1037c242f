import { isNativeError } from 'node:util/types';

/** What a failed statement means for the work that sent it. */
export type FailureKind =
  /** The database or the way to it is gone: nothing is wrong with the work, try again when it is back. */
  | 'connection'
  /** Two transactions met (40001, 40P01): run it again at once. */
  | 'collision'
  /** Waited too long for a row that another transaction holds (55P03). */
  | 'locked'
  | 'other';

const SOCKET_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['EAI_AGAIN', 'ENOTFOUND'],
]);
const SOCKET_MESSAGES =
  /connection terminated|connection error|not queryable|timeout exceeded when trying to connect/i;

/**
 * Sorts an error by SQLSTATE (PostgreSQL manual, appendix A) or, without one, by the state of the socket. Not by
 * `instanceof`: under Jest the errors of Node's own sockets are of another realm.
 */
export function failureKind(error: unknown): FailureKind {
  if (!isNativeError(error)) return 'other';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '40001' || code === '40P01') return 'collision';
  if (code === '55P03') return 'locked';
  if (/^(08...|53...|57P0.|25P0[34])$/.test(code) || SOCKET_CODES.has(code)) return 'connection';
  if (code === '' && SOCKET_MESSAGES.test(error.message)) return 'connection';
  return 'other';
}
