import { createHash, randomBytes } from 'node:crypto';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { RefreshTokenRow } from './refresh-token.entity.js';
import { SessionRow } from './session.entity.js';

export interface StartedSession {
  sessionId: string;
  refreshToken: string;
}

const DAY_MILLIS = 24 * 3_600_000;

/** A new session of a person, with its first refresh token. */
export function startSession(tx: Tx, userId: string, days: number): StartedSession {
  const { id } = tx.insert(SessionRow, {
    id: newId(),
    userId,
    createdAt: tx.now,
    expiresAt: new Date(tx.now.getTime() + days * DAY_MILLIS),
    revokedAt: null,
    revokedWhy: null,
  });
  return { sessionId: id, refreshToken: addRefreshToken(tx, id) };
}

/** One more refresh token of a session: 256 random bits, base64url; only its hash is stored. */
export function addRefreshToken(tx: Tx, sessionId: string): string {
  const token = randomBytes(32).toString('base64url');
  tx.insert(RefreshTokenRow, { hash: hashOf(token), sessionId, createdAt: tx.now, usedAt: null });
  return token;
}

export function hashOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('hex');
}
