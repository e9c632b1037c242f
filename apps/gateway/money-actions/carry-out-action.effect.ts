import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type AdjustWallet, MoneyActionEnded, type RefundPayment, type ResolveVend } from '#contracts';
import { newId, type Result, unreachable } from '#kernel';
import { type Call, type Effect, EffectRunner, type FinalOutcome, type Outcome, type Tx } from '#messaging';
import { InternalClient } from '#service-host';
import { factsOf, MoneyAction, type MoneyActionKind } from './money-action.entity.js';
import { moneyActionMachine } from './money-action.machine.js';

export interface CarryOutCommand {
  actionId: string;
  kind: MoneyActionKind;
  subjectId: string;
  /** Minor units, signed, as text. */
  minor: string;
  currency: string;
  reason: string;
}

/** Tells the service that has the money what was decided, until it answers: there, a decision counts once. */
@Injectable()
export class CarryOutAction implements Effect<CarryOutCommand, null>, OnModuleInit {
  readonly kind = 'carry-out-money-action';
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

  async perform(command: CarryOutCommand, _call: Call): Promise<Outcome<null>> {
    const answer = await this.tell(command);
    if (answer.ok) return { kind: 'succeeded', value: null };
    const { code, message } = answer.problem;
    // Anything but a clear no is asked again; a service that is busy has not refused.
    const open = code === 'unavailable' || code === 'request_in_progress' || code === 'rate_limited';
    return open ? { kind: 'unknown', reason: message } : { kind: 'failed', code, reason: message };
  }

  /** To tell it again is to ask. */
  ask(command: CarryOutCommand, call: Call): Promise<Outcome<null>> {
    return this.perform(command, call);
  }

  async record({ actionId }: CarryOutCommand, outcome: FinalOutcome<null>, tx: Tx): Promise<void> {
    const action = await tx.get(MoneyAction, actionId);
    const end = outcome.kind === 'succeeded' ? 'done' : 'refused';
    const code = outcome.kind === 'failed' ? outcome.code : null;
    tx.set(action, { state: moneyActionMachine.move(action.state, end), refusal: code, endedAt: tx.now });
    tx.publish(MoneyActionEnded, action.subjectId, {
      ...factsOf(action, action.requestedBy),
      outcome: end,
      ...(code !== null && { code }),
    });
  }

  private tell(command: CarryOutCommand): Promise<Result<unknown>> {
    const { actionId: decisionId, kind, subjectId, minor, currency, reason } = command;
    const context = { correlationId: newId() };
    switch (kind) {
      case 'refund': {
        const order: RefundPayment = { decisionId, reason };
        return this.client.call('payment', 'POST', `/internal/payments/${subjectId}/refund`, context, order);
      }
      case 'adjustment': {
        const order: AdjustWallet = { decisionId, minor, currency, reason };
        return this.client.call('wallet', 'POST', `/internal/wallets/${subjectId}/adjust`, context, order);
      }
      case 'resolution': {
        const order: ResolveVend = { decisionId };
        return this.client.call('billing', 'POST', `/internal/vends/${subjectId}/resolve`, context, order);
      }
      default:
        return unreachable(kind);
    }
  }
}
