import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PasswordChanged } from '#contracts';
import { newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { LiveSessions } from '../sessions/live-sessions.js';
import { AttemptLimits } from './attempt-limits.js';
import { checkPassword } from './password.rules.js';
import { PasswordReset } from './password-reset.entity.js';
import { Passwords } from './passwords.js';
import { readPhone } from './phone.rules.js';
import { canBeTried, hashOfCode, isSameHash } from './reset-code.rules.js';
import { UserRow } from './user.entity.js';

export interface NewPassword {
  phone: string;
  code: string;
  password: string;
}

@Injectable()
export class ConfirmPasswordReset {
  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    private readonly dataSource: DataSource,
    private readonly requests: UnitOfWork<Tx>,
    private readonly passwords: Passwords,
    private readonly limits: AttemptLimits,
    private readonly liveSessions: LiveSessions,
  ) {}

  /**
   * Sets the password of whoever received the code, and ends all their sessions. An unknown phone and a code that
   * is wrong, old, used or guessed too often are one refusal. The password is hashed before the code is looked at,
   * which costs the same for everybody. Refusals: validation_failed, reset_code_invalid, rate_limited.
   */
  async run(
    { phone, code, password }: NewPassword,
    address: string,
    context: WorkContext,
  ): Promise<Result<void>> {
    const free = await this.limits.beforeConfirm(address);
    if (!free.ok) return free;
    const read = readPhone(phone, this.settings.PHONE_COUNTRY);
    if (!read.ok) return refuse(new Problem('reset_code_invalid'));
    const checked = checkPassword(password, read.value, this.settings.WATTLINE_MODE);
    if (!checked.ok) return checked;
    const passwordHash = await this.passwords.hash(checked.value);
    const found = await this.dataSource.getRepository(UserRow).findOneBy({ phone: read.value });
    const userId = found?.id ?? newId();
    const ended = await this.requests.run(context, (tx) => this.change(userId, code, passwordHash, tx));
    if (!ended.ok) return ended;
    for (const sessionId of ended.value) this.liveSessions.forget(sessionId);
    await this.limits.afterReset(read.value);
    return ok(undefined);
  }

  /** The sessions that ended. */
  private async change(
    userId: string,
    code: string,
    passwordHash: string,
    tx: Tx,
  ): Promise<Result<string[]>> {
    const [user, reset] = await Promise.all([tx.load(UserRow, userId), tx.load(PasswordReset, userId)]);
    const given = hashOfCode(code, userId, this.settings.CONTACT_SECRET);
    if (!user || !reset || !canBeTried(reset, tx.now)) return refuse(new Problem('reset_code_invalid'));
    if (!isSameHash(reset.codeHash!, given)) {
      tx.set(reset, { tries: reset.tries + 1 });
      return refuse(new Problem('reset_code_invalid'));
    }
    tx.set(reset, { codeHash: null });
    tx.set(user, { passwordHash });
    tx.publish(PasswordChanged, userId, { userId });
    const sessions = await tx.query<{ id: string }>(
      `UPDATE sessions SET revoked_at = $2, revoked_why = 'password'
       WHERE user_id = $1 AND revoked_at IS NULL RETURNING id`,
      [userId, tx.now],
    );
    return ok(sessions.map(({ id }) => id));
  }
}
