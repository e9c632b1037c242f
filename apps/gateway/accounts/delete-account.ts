import { Injectable } from '@nestjs/common';
import { type ClosePerson, type PersonClosed, UserDeleted, type WalletRest } from '#contracts';
import { newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { InternalClient, type UserCaller } from '#service-host';
import { LiveSessions } from '../sessions/live-sessions.js';
import { AccountClosing } from './account-closing.entity.js';
import { CheckPassword } from './check-password.js';
import { ReopenAccount } from './reopen-account.js';
import { UserRow } from './user.entity.js';

/** Deletes one's account: first nothing new may start, then it is asked whether anything is left, then it is erased. */
@Injectable()
export class DeleteAccount {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly client: InternalClient,
    private readonly checkPassword: CheckPassword,
    private readonly liveSessions: LiveSessions,
    private readonly reopenAccount: ReopenAccount,
  ) {}

  /**
   * Refusals: invalid_credentials, rate_limited; conflict while there is money, a hold or a payment under way;
   * unavailable. After any refusal the account is as it was; when this process dies, `ReopenAccount` sees to that.
   */
  async run(password: string, address: string, caller: UserCaller): Promise<Result<void>> {
    const checked = await this.checkPassword.run(password, address, caller);
    if (!checked.ok) return checked;
    const user = checked.value;
    const closingId = newId();
    const begun = await this.requests.run(caller, (tx) => begin(user.id, closingId, tx));
    if (!begun.ok) return begun;
    const empty = await this.nothingIsLeft(closingId, caller);
    const erased = empty.ok ? await this.requests.run(caller, (tx) => erase(user.id, closingId, tx)) : empty;
    if (!erased.ok) {
      await this.reopenAccount.run(user.id, closingId, caller);
      return erased;
    }
    for (const sessionId of erased.value) this.liveSessions.forget(sessionId);
    return ok(undefined);
  }

  /** Payments first: once they have all ended, what they moved is in the wallet, or is held for them there. */
  private async nothingIsLeft(closingId: string, caller: UserCaller): Promise<Result<string[]>> {
    const { userId } = caller;
    const close: ClosePerson = { closingId };
    const path = `/internal/people/${userId}/close`;
    const payments = await this.client.call<PersonClosed>('payment', 'POST', path, caller, close);
    if (!payments.ok) return payments;
    if (payments.value.underWay > 0) return refuse(new Problem('conflict', 'a payment is under way'));
    const wallet = await this.client.call<WalletRest>(
      'wallet',
      'GET',
      `/internal/wallets/${userId}/rest`,
      caller,
    );
    if (!wallet.ok) return wallet;
    if (wallet.value.openHolds > 0) return refuse(new Problem('conflict', 'a payment is under way'));
    if (!wallet.value.isEmpty) return refuse(new Problem('conflict', 'there is money in the wallet'));
    return ok([]);
  }
}

async function begin(userId: string, closingId: string, tx: Tx): Promise<Result<void>> {
  if (!(await tx.load(UserRow, userId))) return refuse(new Problem('unauthorized'));
  const fresh: AccountClosing = { userId, closingId, state: 'closing', since: tx.now };
  if (await tx.insertIfAbsent(AccountClosing, fresh)) return ok(undefined);
  const closing = await tx.get(AccountClosing, userId);
  if (closing.state !== 'reopened')
    return refuse(new Problem('conflict', 'the account is being deleted already'));
  tx.set(closing, fresh);
  return ok(undefined);
}

/** The sessions that ended. With the row goes the key of the person's sealed contact, wherever copies of it are. */
async function erase(userId: string, closingId: string, tx: Tx): Promise<Result<string[]>> {
  const [user, closing] = await Promise.all([tx.load(UserRow, userId), tx.get(AccountClosing, userId)]);
  if (!user || closing.closingId !== closingId || closing.state !== 'closing')
    return refuse(new Problem('conflict', 'deleting took too long; try again'));
  tx.set(closing, { state: 'closed', since: tx.now });
  tx.publish(UserDeleted, userId, { userId });
  const sessions = await tx.query<{ id: string }>('DELETE FROM sessions WHERE user_id = $1 RETURNING id', [
    userId,
  ]);
  await tx.query('DELETE FROM users WHERE id = $1', [userId]); // codes for a new password go with it
  return ok(sessions.map(({ id }) => id));
}
