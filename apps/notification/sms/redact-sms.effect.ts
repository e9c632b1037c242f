import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '#kernel';
import { type Call, type Effect, EffectRunner, type FinalOutcome, type Outcome } from '#messaging';
import { type Log, LOG, SETTINGS } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { judgeRefusal, nameOf, neverLeft } from './twilio-answers.rules.js';
import { Refused, TwilioApi } from './twilio-api.js';

export interface RedactSmsCommand {
  messageId: Id;
  sid: string;
}

/** Twilio is still busy with the message. */
const NOT_YET = 20009;
const RETRY_MILLIS = 600_000;

/** Has Twilio forget the text of an SMS. It may be done any number of times, so a doubt is answered by doing it. */
@Injectable()
export class RedactSms implements Effect<RedactSmsCommand, void>, OnModuleInit {
  readonly kind = 'redact-sms';
  readonly timeoutMillis: number;
  readonly maxAttempts = 12;
  readonly askAfterMillis = [10_000, 60_000, RETRY_MILLIS];

  constructor(
    private readonly effects: EffectRunner,
    private readonly twilio: TwilioApi,
    @Inject(SETTINGS) settings: NotificationSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.timeoutMillis = settings.SMS_TIMEOUT_MS;
  }

  onModuleInit(): void {
    this.effects.register(this);
  }

  async perform({ sid }: RedactSmsCommand, { signal }: Call): Promise<Outcome<void>> {
    try {
      await this.twilio.redact(sid, signal);
      return { kind: 'succeeded', value: undefined };
    } catch (error) {
      if (neverLeft(error)) return { kind: 'not_done', reason: `no connection: ${nameOf(error)}` };
      if (!(error instanceof Refused)) return { kind: 'unknown', reason: nameOf(error) };
      const { message: reason, refusal } = error;
      if (refusal.status === 404) return { kind: 'succeeded', value: undefined };
      if (refusal.code === NOT_YET) return { kind: 'not_done', reason, retryAfterMillis: RETRY_MILLIS };
      return { ...judgeRefusal(refusal), reason };
    }
  }

  ask(): Promise<Outcome<void>> {
    return Promise.resolve({ kind: 'not_done', reason: 'it is done again' });
  }

  record({ messageId, sid }: RedactSmsCommand, outcome: FinalOutcome<void>): Promise<void> {
    if (outcome.kind === 'failed')
      this.log.error({ messageId, sid, code: outcome.code }, 'Twilio keeps the text of a secret SMS');
    return Promise.resolve();
  }
}
