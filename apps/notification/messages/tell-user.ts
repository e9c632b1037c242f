import { Inject, Injectable } from '@nestjs/common';
import type { Envelope } from '#contracts';
import { type Id, newId, numberFor } from '#kernel';
import type { Tx } from '#messaging';
import { seal, SETTINGS } from '#service-host';
import { ContactRow } from '../contacts/contact.entity.js';
import type { NotificationSettings } from '../notification-settings.js';
import { SendSms } from '../sms/send-sms.effect.js';
import { KIND_OF, SECRET, type Sms, type Template } from '../templates/sms-templates.rules.js';
import { MessageRow } from './message.entity.js';

/** What a message is about: an event, or something that is treated as one. */
type Cause = Pick<Envelope, 'id' | 'correlationid'>;

/** A text that is not to be had yet: it is composed of the vend when it is sent, and stands nowhere before. */
export interface ComposedLater {
  template: Extract<Template, 'token'>;
  vendId: Id;
  /** The tokens were sent before. */
  again: boolean;
}

/** Writes an SMS to a person and has it sent after the commit: one for an event, a person and a template. */
@Injectable()
export class TellUser {
  constructor(
    private readonly sendSms: SendSms,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /**
   * `write` gets the message's own number, `M-7K3Q9ZPX4M2D`. Throws while the person's contact is not known:
   * `user_registered` may be late, and the event is then tried again. To whoever opted out nothing is sent, not even
   * a code, for Twilio would refuse it; the message stands in the app's list all the same. So does one that is not to be
   * sent (`sms: false`).
   */
  async run(
    event: Cause,
    userId: Id,
    write: (ref: string) => Sms | ComposedLater,
    tx: Tx,
    { sms } = { sms: true },
  ): Promise<void> {
    const id = newId(tx.now.getTime());
    const written = write(numberFor('M', id));
    const { template } = written;
    const contact = await tx.load(ContactRow, userId);
    if (!contact) throw new Error(`No contact of user ${userId} is known yet`);
    if (contact.erasedAt || !wants(contact, template)) return;
    const { optedOutAt } = contact;
    const isSent = sms && !optedOutAt;
    const first = await tx.insertIfAbsent(MessageRow, {
      id,
      eventId: event.id,
      userId,
      template,
      body: 'text' in written && !(optedOutAt && SECRET.has(template)) ? this.sealed(written.text) : '',
      state: isSent ? 'queued' : sms ? 'failed' : 'shown',
      sid: null,
      segments: null,
      errorCode: sms && optedOutAt ? 'opted_out' : null,
      correlationId: event.correlationid,
      attemptedAt: null,
      pollAt: null,
      polls: 0,
      createdAt: tx.now,
      updatedAt: tx.now,
    });
    if (!first || !isSent) return;
    const composed = 'vendId' in written && { vendId: written.vendId, again: written.again };
    tx.perform(this.sendSms, id, { messageId: id, ...composed });
  }

  private sealed(text: string): string {
    return seal(text, this.settings.CONTACT_SECRET, 'message');
  }
}

function wants({ tellBills, tellPayments, tellWallet }: ContactRow, template: Template): boolean {
  const kind = KIND_OF[template];
  return kind === 'account' || { bills: tellBills, payments: tellPayments, wallet: tellWallet }[kind];
}
