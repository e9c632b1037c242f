import { Injectable } from '@nestjs/common';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { UserRow } from '../accounts/user.entity.js';
import { LiveSessions } from './live-sessions.js';
import { RefreshTokenRow } from './refresh-token.entity.js';
import { SessionRow } from './session.entity.js';
import { addRefreshToken, hashOf, type StartedSession } from './start-session.js';

/** Two tabs, or an app whose answer was lost, may use one refresh token twice within this time. */
const GRACE_MILLIS = 10_000;

export interface RefreshedSession extends StartedSession {
  user: UserRow;
}

type Outcome = { is: 'refreshed'; session: RefreshedSession } | { is: 'refused'; revoked?: string };

@Injectable()
export class RefreshSession {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly liveSessions: LiveSessions,
  ) {}

  /**
   * Changes a refresh token for the next one of its session. An old one that comes back after the grace was
   * copied by somebody: the whole session ends, for the thief and for the owner, who signs in again.
   * Refusal: unauthorized.
   */
  async run(refreshToken: string, context: WorkContext): Promise<Result<RefreshedSession>> {
    const outcome = await this.requests.run(context, (tx) => exchange(refreshToken, tx));
    if (outcome.is === 'refreshed') return ok(outcome.session);
    if (outcome.revoked) this.liveSessions.forget(outcome.revoked);
    return refuse(new Problem('unauthorized'));
  }
}

async function exchange(refreshToken: string, tx: Tx): Promise<Outcome> {
  const token = await tx.load(RefreshTokenRow, hashOf(refreshToken));
  const session = token && (await tx.load(SessionRow, token.sessionId));
  const user = session && (await tx.load(UserRow, session.userId));
  if (!user || user.suspendedAt || session.revokedAt || session.expiresAt <= tx.now) return { is: 'refused' };
  if (token.usedAt && tx.now.getTime() - token.usedAt.getTime() > GRACE_MILLIS) {
    tx.set(session, { revokedAt: tx.now, revokedWhy: 'reuse' });
    return { is: 'refused', revoked: session.id };
  }
  if (!token.usedAt) tx.set(token, { usedAt: tx.now });
  return {
    is: 'refreshed',
    session: { user, sessionId: session.id, refreshToken: addRefreshToken(tx, session.id) },
  };
}
