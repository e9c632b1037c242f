import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Injection token of the service's log. */
export const LOG = Symbol('log');

/** Members that must never be written in the clear, wherever they stand. */
const REDACTED = [
  'phone',
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'secret',
  'pin',
];

/** JSON lines on standard output. Every line about an event or a request carries its correlationId. */
export function makeLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...REDACTED, ...REDACTED.map((name) => `*.${name}`)], censor: '[redacted]' },
  });
}

/** Nest's own messages: its start-up chatter only when it is asked for. */
export function nestLog(log: Log): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => log.debug(text(message)),
    debug: (message: unknown) => log.debug(text(message)),
    verbose: (message: unknown) => log.debug(text(message)),
    warn: (message: unknown) => log.warn(text(message)),
    error: (message: unknown, stack?: unknown) => log.error({ stack }, text(message)),
    fatal: (message: unknown) => log.fatal(text(message)),
  };
}
