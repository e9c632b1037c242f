import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FindUser, FoundUser, ResendNewest, TokensResent } from '#contracts';
import { type Id, newId } from '#kernel';
import { type Effect, EffectRunner, type FinalOutcome, type Outcome, type Tx } from '#messaging';
import { GatheredCalls, InternalClient, SETTINGS, unseal } from '#service-host';
import { TellUser } from '../messages/tell-user.js';
import type { NotificationSettings } from '../notification-settings.js';
import { keywordHelp, noTokens } from '../templates/sms-templates.rules.js';
import type { Wanted } from './keyword.rules.js';

export const PHONE_PURPOSE = 'incoming';

export interface AnswerIncomingCommand {
  /** E.164, sealed. */
  sealedPhone: string;
  wanted: Wanted;
}

/** Who is told what; nobody when the phone is nobody's, or when the tokens are on their way. */
type Answer = { userId: Id; text: 'help' | 'no_tokens' } | null;

/**
 * Finds out whose phone an SMS came from and gives them what they asked for, on the phone of their account: whoever
 * forges a sender gains nothing. To a phone that nobody has nothing is sent, or it would tell who has an account.
 */
@Injectable()
export class AnswerIncoming implements Effect<AnswerIncomingCommand, Answer>, OnModuleInit {
  readonly kind = 'answer-incoming';
  readonly timeoutMillis = 15_000;
  readonly maxAttempts = 6;
  readonly askAfterMillis = [2_000, 10_000, 30_000];
  private readonly people: GatheredCalls<FindUser, FoundUser>;

  constructor(
    private readonly effects: EffectRunner,
    private readonly client: InternalClient,
    private readonly tellUser: TellUser,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {
    this.people = new GatheredCalls(client, 'gateway', '/internal/users/find');
  }

  onModuleInit(): void {
    this.effects.register(this);
  }

  async perform({ sealedPhone, wanted }: AnswerIncomingCommand): Promise<Outcome<Answer>> {
    const phone = unseal(sealedPhone, this.settings.CONTACT_SECRET, PHONE_PURPOSE);
    const found = await this.people.ask(context(), { phone });
    if (!found.ok) return found.problem.code === 'not_found' ? done(null) : notDone(found.problem.code);
    const { userId } = found.value;
    return wanted.kind === 'tokens' ? this.resend(userId, wanted) : done({ userId, text: 'help' });
  }

  /** Billing sends the same tokens again at most once a minute, so what may have been done is simply done again. */
  ask(): Promise<Outcome<Answer>> {
    return Promise.resolve(notDone('it is done again'));
  }

  async record(
    _command: AnswerIncomingCommand,
    outcome: FinalOutcome<Answer>,
    tx: Tx,
    reference: string,
  ): Promise<void> {
    if (outcome.kind === 'failed' || !outcome.value) return;
    const { userId, text } = outcome.value;
    const cause = { id: reference, correlationid: tx.context.correlationId };
    await this.tellUser.run(cause, userId, text === 'help' ? keywordHelp : noTokens, tx);
  }

  private async resend(userId: Id, { meterEnding }: { meterEnding?: string }): Promise<Outcome<Answer>> {
    const order: ResendNewest = { ...(meterEnding !== undefined && { meterEnding }) };
    const path = `/internal/people/${userId}/tokens/resend`;
    const sent = await this.client.call<TokensResent>('billing', 'POST', path, context(), order);
    if (sent.ok) return done(sent.value.count > 0 ? null : { userId, text: 'no_tokens' });
    // They came a moment ago, or as often as a day allows.
    return sent.problem.code === 'rate_limited' ? done(null) : notDone(sent.problem.code);
  }
}

const context = () => ({ correlationId: newId() });
const done = (value: Answer): Outcome<Answer> => ({ kind: 'succeeded', value });
const notDone = (reason: string): Outcome<Answer> => ({ kind: 'not_done', reason });
