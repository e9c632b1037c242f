import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { ContactRow } from '../contacts/contact.entity.js';
import { RedactSms } from '../sms/redact-sms.effect.js';
import { SECRET } from '../templates/sms-templates.rules.js';
import { MessageRow } from './message.entity.js';
import { messageMachine, type MessageState } from './message.machine.js';

/** What was learned about a message. */
export interface News {
  sid?: string;
  segments?: number | null;
  state?: MessageState | undefined;
  errorCode?: string | undefined;
  /** Nobody will ask again. */
  isLast?: boolean;
}

/** The first question about a message of which no report came; the next ones are in `PollDeliveries`. */
export const FIRST_POLL_MILLIS = 10 * 60_000;
/** Twilio's code for a recipient who has sent STOP. */
const OPTED_OUT = '21610';

/** Moves a message forward, and does what its end asks for: forget a secret, remember an opt-out. */
@Injectable()
export class MoveMessage {
  constructor(private readonly redactSms: RedactSms) {}

  async run(tx: Tx, row: MessageRow, news: News): Promise<void> {
    const moves = news.state !== undefined && messageMachine.can(row.state, news.state);
    const state = moves ? news.state! : row.state;
    const isOver = messageMachine.isTerminal(state);
    const sid = row.sid ?? news.sid ?? null;
    tx.set(row, {
      sid,
      segments: news.segments ?? row.segments,
      state,
      errorCode: moves ? (news.errorCode ?? row.errorCode) : row.errorCode,
      pollAt: isOver || news.isLast ? null : (row.pollAt ?? firstPollOf(row, sid, tx.now)),
      updatedAt: tx.now,
    });
    if (isOver || news.isLast) this.forget(tx, row);
    if (moves && news.errorCode === OPTED_OUT) await rememberOptOut(tx, row.userId);
  }

  private forget(tx: Tx, row: MessageRow): void {
    if (!SECRET.has(row.template) || row.body === '') return;
    tx.set(row, { body: '' });
    if (row.sid) tx.perform(this.redactSms, newId(), { messageId: row.id, sid: row.sid });
  }
}

/** Once Twilio has it, and only once. */
function firstPollOf({ polls }: MessageRow, sid: string | null, now: Date): Date | null {
  return sid && polls === 0 ? new Date(now.getTime() + FIRST_POLL_MILLIS) : null;
}

async function rememberOptOut(tx: Tx, userId: string): Promise<void> {
  const contact = await tx.load(ContactRow, userId);
  if (contact && !contact.optedOutAt) tx.set(contact, { optedOutAt: tx.now });
}
