import { Inject, Injectable } from '@nestjs/common';
import { ProfileChanged, SmsResumed } from '#contracts';
import { ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { newPersonalKey, SETTINGS, type UserCaller } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { sealContact } from './store-user.js';
import { type NotificationChoices, UserRow } from './user.entity.js';

export interface ProfileChange {
  name?: string;
  email?: string | null;
  language?: string;
  notifications?: Partial<NotificationChoices>;
  /** SMS are wanted again. */
  smsOptedOut?: false;
}

@Injectable()
export class ChangeProfile {
  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    private readonly requests: UnitOfWork<Tx>,
  ) {}

  /** The caller's own profile; what is left out stays. Refusal: unauthorized, when there is no such person any more. */
  run(change: ProfileChange, caller: UserCaller): Promise<Result<UserRow>> {
    return this.requests.run(caller, async (tx) => {
      const user = await tx.load(UserRow, caller.userId);
      if (!user) return refuse(new Problem('unauthorized'));
      const { name = user.name, email = user.email, language = user.language } = change;
      const notifications = { ...user.notifications, ...given(change.notifications) };
      const contactKey = user.contactKey ?? newPersonalKey();
      tx.set(user, { name, email, language, notifications, contactKey });
      tx.publish(ProfileChanged, user.id, {
        userId: user.id,
        language,
        notifications,
        sealedContact: sealContact(user, contactKey, this.settings.CONTACT_SECRET),
      });
      if (change.smsOptedOut === false) tx.publish(SmsResumed, user.id, { userId: user.id });
      return ok(user);
    });
  }
}

function given(choices: Partial<NotificationChoices> = {}): Partial<NotificationChoices> {
  return Object.fromEntries(Object.entries(choices).filter(([, choice]) => choice !== undefined));
}
