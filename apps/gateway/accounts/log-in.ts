import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { startSession } from '../sessions/start-session.js';
import { AttemptLimits } from './attempt-limits.js';
import { Passwords } from './passwords.js';
import { readPhone } from './phone.rules.js';
import type { SignedIn } from './register-user.js';
import { UserRow } from './user.entity.js';

@Injectable()
export class LogIn {
  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    private readonly dataSource: DataSource,
    private readonly requests: UnitOfWork<Tx>,
    private readonly passwords: Passwords,
    private readonly limits: AttemptLimits,
  ) {}

  /**
   * A new session. An unknown phone, one that cannot be read and a wrong password are one refusal and take the
   * same time. Refusals: invalid_credentials, account_suspended (told to who knows the
   * password only), rate_limited.
   */
  async run(
    credentials: { phone: string; password: string },
    address: string,
    context: WorkContext,
  ): Promise<Result<SignedIn>> {
    const read = readPhone(credentials.phone, this.settings.PHONE_COUNTRY);
    const phone = read.ok ? read.value : credentials.phone;
    const free = await this.limits.beforeLogin(phone, address);
    if (!free.ok) return free;
    const user = await this.dataSource.getRepository(UserRow).findOneBy({ phone });
    const fits = await this.passwords.fits(credentials.password, user?.passwordHash);
    if (!user || !fits) return refuse(new Problem('invalid_credentials'));
    await this.limits.afterLogin(phone, address);
    const { SESSION_DAYS } = this.settings;
    return this.requests.run(context, async (tx) => {
      // Locked, so that no session begins beside a suspension.
      const now = await tx.load(UserRow, user.id);
      // The password may have been changed, or the account deleted, while the hash was computed.
      if (now?.passwordHash !== user.passwordHash) return refuse(new Problem('invalid_credentials'));
      if (now.suspendedAt) return refuse(new Problem('account_suspended'));
      return ok({ user, ...startSession(tx, user.id, SESSION_DAYS) });
    });
  }
}
