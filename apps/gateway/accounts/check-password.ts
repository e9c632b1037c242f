import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { UserCaller } from '#service-host';
import { AttemptLimits } from './attempt-limits.js';
import { Passwords } from './passwords.js';
import { UserRow } from './user.entity.js';

/** Whether it is still the owner who holds the session: asked before what cannot be taken back. */
@Injectable()
export class CheckPassword {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
    private readonly limits: AttemptLimits,
  ) {}

  /**
   * The caller, once the password is right. Counted as signing in is: who has a session only may not guess it here.
   * Refusals: invalid_credentials, rate_limited; unauthorized when the account is gone.
   */
  async run(password: string, address: string, caller: UserCaller): Promise<Result<UserRow>> {
    const user = await this.dataSource.getRepository(UserRow).findOneBy({ id: caller.userId });
    if (!user) return refuse(new Problem('unauthorized'));
    const free = await this.limits.beforeLogin(user.phone, address);
    if (!free.ok) return free;
    if (!(await this.passwords.fits(password, user.passwordHash)))
      return refuse(new Problem('invalid_credentials', 'the password is wrong'));
    await this.limits.afterLogin(user.phone, address);
    return ok(user);
  }
}
