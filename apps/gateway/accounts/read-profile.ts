import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ContactState } from '#contracts';
import { Problem } from '#kernel';
import { InternalClient, type UserCaller } from '#service-host';
import type { ProfileAnswer } from './accounts.dto.js';
import { UserRow } from './user.entity.js';

@Injectable()
export class ReadProfile {
  constructor(
    private readonly dataSource: DataSource,
    private readonly client: InternalClient,
  ) {}

  /** Throws `unauthorized` when there is no such person any more. */
  async run(caller: UserCaller): Promise<ProfileAnswer> {
    const user = await this.dataSource.getRepository(UserRow).findOneBy({ id: caller.userId });
    if (!user) throw new Problem('unauthorized');
    return this.of(user, caller);
  }

  /** Everything about oneself but the password's hash. */
  async of(user: UserRow, caller: UserCaller): Promise<ProfileAnswer> {
    const { id, name, phone, role, email, institutionName, language, notifications } = user;
    const createdAt = user.createdAt.toISOString();
    const smsOptedOut = await this.optedOut(caller);
    return { id, name, phone, role, email, institutionName, language, notifications, smsOptedOut, createdAt };
  }

  /** Null while notification is away: the profile is worth reading without it. */
  private async optedOut(caller: UserCaller): Promise<boolean | null> {
    const path = `/internal/contacts/${caller.userId}`;
    const contact = await this.client.call<ContactState>('notification', 'GET', path, caller);
    return contact.ok ? contact.value.optedOut : null;
  }
}
