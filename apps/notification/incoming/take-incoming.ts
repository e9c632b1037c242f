import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { seal, SETTINGS } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { AnswerIncoming, PHONE_PURPOSE } from './answer-incoming.effect.js';
import { nextAnswer } from './answer-limits.rules.js';
import { IncomingSms, SmsSender } from './incoming-sms.entity.js';
import { wantedBy } from './keyword.rules.js';

export interface Incoming {
  sid: string;
  /** E.164; an SMS from a name cannot be answered. */
  from: string;
  body: string;
}

const PHONE = /^\+[1-9]\d{6,14}$/;
const NEVER = new Date(0);
const KEPT_MILLIS = 7 * 24 * 3_600_000;

/** Takes an SMS to our number once, however often it is delivered, and has it answered after the commit. */
@Injectable()
export class TakeIncoming {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly answerIncoming: AnswerIncoming,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  async run(context: WorkContext, { sid, from, body }: Incoming): Promise<void> {
    const wanted = wantedBy(body);
    if (wanted.kind === 'carrier' || !PHONE.test(from)) return;
    await this.work.run(context, async (tx) => {
      if (!(await tx.insertIfAbsent(IncomingSms, { sid, receivedAt: tx.now }))) return;
      const phone = this.nameless(from);
      await tx.insertIfAbsent(SmsSender, { phone, answers: 0, since: NEVER, helpedAt: null });
      const sender = await tx.get(SmsSender, phone);
      const next = nextAnswer(sender, wanted, tx.now);
      if (!next) return;
      tx.set(sender, next);
      const sealedPhone = seal(from, this.settings.CONTACT_SECRET, PHONE_PURPOSE);
      tx.perform(this.answerIncoming, newId(tx.now.getTime()), { sealedPhone, wanted });
    });
  }

  /** There are few phone numbers: a hash without the secret would be as good as the number itself. */
  private nameless(phone: string): string {
    return createHmac('sha256', this.settings.CONTACT_SECRET).update(`incoming ${phone}`).digest('base64url');
  }
}

/** Twilio gives up on an SMS long before a week has passed. */
export async function forgetIncoming(dataSource: DataSource, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MILLIS);
  await dataSource.query('DELETE FROM incoming_sms WHERE received_at < $1', [before]);
  await dataSource.query('DELETE FROM sms_senders WHERE since < $1', [before]);
}
