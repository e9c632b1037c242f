import { Controller } from '@nestjs/common';
import { SmsResumed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { ContactRow } from './contact.entity.js';

/** Whoever has sent START says so in the profile, and is written to again; Twilio has the last word. */
@Controller()
export class OnSmsResumed {
  @Consumes(SmsResumed)
  async handle(event: EventOf<typeof SmsResumed>, tx: Tx): Promise<void> {
    const contact = await tx.load(ContactRow, event.data.userId);
    if (!contact) throw new Error(`No contact of user ${event.data.userId} is known yet`);
    // An opt-out that was noticed after it was said stays.
    if (contact.optedOutAt && contact.optedOutAt <= new Date(event.time))
      tx.set(contact, { optedOutAt: null });
  }
}
