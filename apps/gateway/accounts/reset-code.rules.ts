import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PasswordReset } from './password-reset.entity.js';

export const CODE_MILLIS = 10 * 60_000;
export const TRIES_PER_CODE = 5;
export const CODES_PER_HOUR = 3;
const HOUR_MILLIS = 3_600_000;

/** What is stored of a code; of two people with the same code it differs. */
export function hashOfCode(code: string, userId: string, secret: string): string {
  return createHmac('sha256', secret).update(`password reset ${userId} ${code}`).digest('base64url');
}

/** The codes of the last hour with one more of now, or undefined when there were as many as there may be. */
export function oneMoreCode(sends: readonly string[], now: Date): string[] | undefined {
  const recent = sends.filter((at) => Date.parse(at) > now.getTime() - HOUR_MILLIS);
  return recent.length < CODES_PER_HOUR ? [...recent, now.toISOString()] : undefined;
}

/** Whether there is a code that may be tried now. */
export function canBeTried({ codeHash, expiresAt, tries }: PasswordReset, now: Date): boolean {
  return codeHash !== null && expiresAt > now && tries < TRIES_PER_CODE;
}

export function isSameHash(stored: string, given: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
