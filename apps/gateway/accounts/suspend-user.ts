import { Injectable } from '@nestjs/common';
import { UserResumed, UserSuspended } from '#contracts';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { LiveSessions } from '../sessions/live-sessions.js';
import { UserRow } from './user.entity.js';

/** Locks an account, and opens it again. Its money and its bills stay as they are. */
@Injectable()
export class SuspendUser {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly liveSessions: LiveSessions,
  ) {}

  /** All sessions are over with the answer. Refusals: not_found, conflict (oneself). */
  async suspend(userId: string, reason: string, caller: UserCaller): Promise<Result<UserRow>> {
    if (!isId(userId)) return refuse(new Problem('not_found'));
    if (userId === caller.userId) return refuse(new Problem('conflict', 'nobody locks their own account'));
    let ended: { id: string }[] = [];
    const outcome = await this.requests.run(caller, async (tx) => {
      const user = await tx.load(UserRow, userId);
      if (!user) return refuse(new Problem('not_found'));
      if (user.suspendedAt) return ok(user);
      tx.set(user, { suspendedAt: tx.now, suspendedWhy: reason });
      tx.publish(UserSuspended, userId, { userId, by: caller.userId, reason });
      // A sign-in loads the same row, locked, so none begins after this.
      ended = await tx.query<{ id: string }>(
        `UPDATE sessions SET revoked_at = $2, revoked_why = 'suspended'
         WHERE user_id = $1 AND revoked_at IS NULL RETURNING id`,
        [userId, tx.now],
      );
      return ok(user);
    });
    for (const { id } of ended) this.liveSessions.forget(id);
    return outcome;
  }

  /** The person can sign in again; the old sessions stay over. Refusal: not_found. */
  resume(userId: string, caller: UserCaller): Promise<Result<UserRow>> {
    if (!isId(userId)) return Promise.resolve(refuse(new Problem('not_found')));
    return this.requests.run(caller, async (tx) => {
      const user = await tx.load(UserRow, userId);
      if (!user) return refuse(new Problem('not_found'));
      if (!user.suspendedAt) return ok(user);
      tx.set(user, { suspendedAt: null, suspendedWhy: null });
      tx.publish(UserResumed, userId, { userId, by: caller.userId });
      return ok(user);
    });
  }
}
