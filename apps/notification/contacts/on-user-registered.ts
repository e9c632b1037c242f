import { Controller } from '@nestjs/common';
import { UserRegistered } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellUser } from '../messages/tell-user.js';
import { welcome } from '../templates/sms-templates.rules.js';
import { ContactRow } from './contact.entity.js';

/** Keeps how the new user is reached, sealed as it came, and says welcome. */
@Controller()
export class OnUserRegistered {
  constructor(private readonly tellUser: TellUser) {}

  @Consumes(UserRegistered)
  async handle(event: EventOf<typeof UserRegistered>, tx: Tx): Promise<void> {
    const { userId, sealedContact, language } = event.data;
    // When a change of the profile was faster, that is the newer state, and it stays.
    await tx.insertIfAbsent(ContactRow, {
      userId,
      sealedContact,
      language,
      tellBills: true,
      tellPayments: true,
      tellWallet: true,
      contactKey: null,
      erasedAt: null,
      optedOutAt: null,
      asOfEvent: event.id,
    });
    await this.tellUser.run(event, userId, welcome, tx);
  }
}
