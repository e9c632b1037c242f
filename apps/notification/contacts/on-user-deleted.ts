import { Controller } from '@nestjs/common';
import { UserDeleted } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { ContactRow } from './contact.entity.js';

/** Forgets how the person was reached and what they were told; that there was an SMS stays, for the accounts. */
@Controller()
export class OnUserDeleted {
  @Consumes(UserDeleted)
  async handle(event: EventOf<typeof UserDeleted>, tx: Tx): Promise<void> {
    const { userId } = event.data;
    const nothing = { sealedContact: '', contactKey: null, erasedAt: tx.now, asOfEvent: event.id };
    // Also when the person is not known yet: what was published before and comes later finds it erased.
    const erased: ContactRow = {
      ...{
        userId,
        language: 'en',
        tellBills: false,
        tellPayments: false,
        tellWallet: false,
        optedOutAt: null,
      },
      ...nothing,
    };
    if (!(await tx.insertIfAbsent(ContactRow, erased))) tx.set(await tx.get(ContactRow, userId), nothing);
    await tx.query(`UPDATE messages SET body = '' WHERE user_id = $1 AND body <> ''`, [userId]);
  }
}
