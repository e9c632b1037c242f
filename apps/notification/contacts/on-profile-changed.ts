import { Controller } from '@nestjs/common';
import { ProfileChanged } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { ContactRow } from './contact.entity.js';

/** Keeps the contact as the latest change says, in whatever order the changes come. */
@Controller()
export class OnProfileChanged {
  @Consumes(ProfileChanged)
  async handle(event: EventOf<typeof ProfileChanged>, tx: Tx): Promise<void> {
    const { userId, sealedContact, language, notifications } = event.data;
    const state = {
      userId,
      sealedContact,
      language,
      tellBills: notifications.bills,
      tellPayments: notifications.payments,
      tellWallet: notifications.wallet,
      asOfEvent: event.id,
    };
    if (await tx.insertIfAbsent(ContactRow, { ...state, contactKey: null, erasedAt: null, optedOutAt: null }))
      return;
    const contact = await tx.get(ContactRow, userId);
    if (!contact.erasedAt && contact.asOfEvent < event.id) tx.set(contact, state);
  }
}
