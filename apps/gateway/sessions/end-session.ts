import { Injectable } from '@nestjs/common';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { LiveSessions } from './live-sessions.js';
import { SessionRow } from './session.entity.js';

/** Logout: the refresh tokens of the session are dead, and its access tokens at once too. */
@Injectable()
export class EndSession {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly liveSessions: LiveSessions,
  ) {}

  async run(sessionId: string, context: WorkContext): Promise<void> {
    await this.requests.run(context, async (tx) => {
      const session = await tx.load(SessionRow, sessionId);
      if (session && !session.revokedAt) tx.set(session, { revokedAt: tx.now, revokedWhy: 'logout' });
    });
    this.liveSessions.forget(sessionId);
  }
}
