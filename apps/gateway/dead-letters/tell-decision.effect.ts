import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DecideOnDeadLetter, ServiceName } from '#contracts';
import { newId } from '#kernel';
import { type Call, type Effect, EffectRunner, type FinalOutcome, type Outcome, type Tx } from '#messaging';
import { InternalClient } from '#service-host';
import { DeadLetterDecision } from './dead-letter-decision.entity.js';

export interface TellDecisionCommand extends DecideOnDeadLetter {
  key: string;
  service: ServiceName;
  eventId: string;
  action: 'retry' | 'discard';
}

/** Tells a service what was decided about its dead letter, until it answers: there, a decision counts once. */
@Injectable()
export class TellDecision implements Effect<TellDecisionCommand, null>, OnModuleInit {
  readonly kind = 'tell-dead-letter-decision';
  readonly timeoutMillis = 10_000;
  readonly maxAttempts = 1;
  readonly askAfterMillis = [500, 1_000, 2_000, 5_000, 15_000, 60_000];

  constructor(
    private readonly effects: EffectRunner,
    private readonly client: InternalClient,
  ) {}

  onModuleInit(): void {
    this.effects.register(this);
  }

  async perform(command: TellDecisionCommand, _call: Call): Promise<Outcome<null>> {
    const { service, eventId, action, decisionId, by, attempts, reason } = command;
    const path = `/internal/ops/dead-letters/${eventId}/${action}`;
    const body = { decisionId, by, attempts, ...(action === 'discard' && { reason }) };
    const answer = await this.client.call(service, 'POST', path, { correlationId: newId() }, body);
    if (answer.ok) return { kind: 'succeeded', value: null };
    const { code, message } = answer.problem;
    return code === 'unavailable'
      ? { kind: 'unknown', reason: message }
      : { kind: 'failed', code, reason: message };
  }

  /** To tell it again is to ask. */
  ask(command: TellDecisionCommand, call: Call): Promise<Outcome<null>> {
    return this.perform(command, call);
  }

  async record({ key }: TellDecisionCommand, outcome: FinalOutcome<null>, tx: Tx): Promise<void> {
    const decision = await tx.get(DeadLetterDecision, key);
    tx.set(decision, { state: outcome.kind === 'succeeded' ? 'told' : 'refused' });
  }
}
