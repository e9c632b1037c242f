import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, type Id, Problem } from '#kernel';
import { type Call, type Effect, EffectRunner, type FinalOutcome, type Outcome, type Tx } from '#messaging';
import { failureKind } from '#persistence';
import { type Log, LOG, SETTINGS } from '#service-host';
import { MessageRow } from '../messages/message.entity.js';
import { messageMachine, stateOf } from '../messages/message.machine.js';
import { MoveMessage } from '../messages/move-message.js';
import type { NotificationSettings } from '../notification-settings.js';
import { BeginAttempt, type OpenedMessage } from './begin-attempt.js';
import { ComposeToken, type Composition } from './compose-token.js';
import { judgeRefusal, nameOf, neverLeft } from './twilio-answers.rules.js';
import { Refused, TwilioApi, type TwilioMessage } from './twilio-api.js';

/** With a vend the text is composed first. */
export interface SendSmsCommand extends Partial<Composition> {
  messageId: Id;
}

type NotAccepted = Exclude<Outcome<never>, { kind: 'succeeded' }> & { misconfigured?: boolean };

/** Our clock and Twilio's may differ by this much. */
const CLOCKS_DIFFER_MILLIS = 10 * 60_000;

/** Hands a message to Twilio. Twilio knows no idempotency key, so what is not known is looked up in its list. */
@Injectable()
export class SendSms implements Effect<SendSmsCommand, TwilioMessage>, OnModuleInit {
  readonly kind = 'send-sms';
  readonly timeoutMillis: number;
  /** With the runner's waiting times, about an hour and a half. */
  readonly maxAttempts = 12;
  readonly askAfterMillis: readonly number[];

  constructor(
    private readonly effects: EffectRunner,
    private readonly beginAttempt: BeginAttempt,
    private readonly composeToken: ComposeToken,
    private readonly twilio: TwilioApi,
    private readonly moveMessage: MoveMessage,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    const wait = settings.SMS_ASK_AFTER_MS;
    this.timeoutMillis = settings.SMS_TIMEOUT_MS;
    this.askAfterMillis = [wait, wait, 5 * wait, 10 * wait];
  }

  onModuleInit(): void {
    this.effects.register(this);
  }

  async perform(command: SendSmsCommand, call: Call): Promise<Outcome<TwilioMessage>> {
    const { messageId, vendId, again = false } = command;
    let message: OpenedMessage;
    try {
      if (vendId) await this.composeToken.run(messageId, { vendId, again });
      message = await this.beginAttempt.run(messageId);
    } catch (error) {
      const reason = `could not be opened: ${nameOf(error)}`;
      const away = isAway(error);
      this.log[away ? 'warn' : 'error']({ messageId, error: nameOf(error) }, 'an SMS could not be opened');
      return { kind: away ? 'not_begun' : 'not_done', reason };
    }
    // A report of its delivery came in the meantime.
    if (message.sid) return alreadyThere(message.sid);
    if (message.mute) return { kind: 'failed', code: message.mute, reason: message.mute };
    const { correlationId } = message;
    try {
      return {
        kind: 'succeeded',
        value: await this.twilio.send(messageId, message.phone, message.text, call.signal),
      };
    } catch (error) {
      const outcome = outcomeOf(error, call.signal);
      const level = outcome.kind === 'failed' && outcome.misconfigured ? 'error' : 'warn';
      this.log[level](
        { correlationId, messageId, outcome: outcome.kind, reason: outcome.reason },
        'SMS not accepted',
      );
      return outcome;
    }
  }

  async ask({ messageId }: SendSmsCommand, call: Call): Promise<Outcome<TwilioMessage>> {
    const message = await this.beginAttempt.look(messageId);
    if (message.sid) return alreadyThere(message.sid);
    if (message.mute === 'user_deleted')
      return { kind: 'failed', code: message.mute, reason: 'nobody knows the phone any more' };
    // Every text of Twilio's list ends with an empty one.
    if (message.text === '') return { kind: 'not_done', reason: 'it has no text yet, so it was not sent' };
    try {
      const found = await this.find(messageId, message, call);
      if (found) return { kind: 'succeeded', value: found };
    } catch (error) {
      const reason = error instanceof Refused ? error.message : nameOf(error);
      this.log.warn(
        { correlationId: message.correlationId, messageId, reason },
        'SMS could not be looked up',
      );
      return { kind: 'unknown', reason: `could not be looked up: ${reason}` };
    }
    const { attemptedAt } = message;
    const waited = attemptedAt ? this.clock.now().getTime() - attemptedAt.getTime() : Infinity;
    if (waited < this.settings.SMS_ASK_AFTER_MS) return { kind: 'unknown', reason: 'asked too early' };
    return { kind: 'not_done', reason: 'Twilio does not have it' };
  }

  async record(
    { messageId }: SendSmsCommand,
    outcome: FinalOutcome<TwilioMessage>,
    tx: Tx,
    _reference: Id,
  ): Promise<void> {
    const row = await tx.get(MessageRow, messageId);
    const { correlationId } = row;
    if (outcome.kind === 'failed') {
      // With a sid Twilio has it after all: its report came while we gave up.
      if (row.sid || !messageMachine.can(row.state, 'failed')) return;
      await this.moveMessage.run(tx, row, { state: 'failed', errorCode: outcome.code });
      tx.afterCommit(() => this.log.warn({ correlationId, messageId, code: outcome.code }, 'SMS failed'));
      return;
    }
    const { sid, segments, status } = outcome.value;
    const state = stateOf(status) ?? 'sending';
    await this.moveMessage.run(tx, row, { sid, segments, state });
    tx.afterCommit(() => this.log.info({ correlationId, messageId, sid }, 'SMS accepted'));
  }

  /** The message in Twilio's list: to this phone, with this text, and none that another message of ours is. */
  private async find(
    messageId: Id,
    { phone, text }: OpenedMessage,
    { since, signal }: Call,
  ): Promise<TwilioMessage | undefined> {
    const horizon = new Date(since.getTime() - CLOCKS_DIFFER_MILLIS);
    for await (const page of this.twilio.sentTo(phone, horizon, signal)) {
      // A trial account puts a text of its own in front of ours.
      const same = page.filter((it) => it.createdAt >= horizon && it.body.endsWith(text));
      if (same.length === 0) continue;
      const others = await this.dataSource.query<{ sid: string }[]>(
        'SELECT sid FROM messages WHERE sid = ANY($1) AND id <> $2',
        [same.map(({ sid }) => sid), messageId],
      );
      const found = same.find(({ sid }) => !others.some((other) => other.sid === sid));
      if (found) return { sid: found.sid, segments: found.segments, status: found.status };
    }
    return undefined;
  }
}

/** Billing, the gateway or the database; nothing is wrong with the message. */
function isAway(error: unknown): boolean {
  return error instanceof Problem ? error.code === 'unavailable' : failureKind(error) === 'connection';
}

function outcomeOf(error: unknown, signal: AbortSignal): NotAccepted {
  if (neverLeft(error)) return { kind: 'not_done', reason: `no connection: ${nameOf(error)}` };
  if (error instanceof Refused) return { ...judgeRefusal(error.refusal), reason: error.message };
  return { kind: 'unknown', reason: signal.aborted ? 'took too long' : nameOf(error) };
}

function alreadyThere(sid: string): Outcome<TwilioMessage> {
  return { kind: 'succeeded', value: { sid, segments: null, status: 'accepted' } };
}
