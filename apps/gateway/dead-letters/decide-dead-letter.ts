import { Injectable } from '@nestjs/common';
import {
  DeadLetterDiscarded,
  DeadLetterRetried,
  type InboxEvent,
  type ServiceName,
  SERVICES,
} from '#contracts';
import { isId, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { InternalClient, type UserCaller } from '#service-host';
import { DeadLetterDecision } from './dead-letter-decision.entity.js';
import { TellDecision } from './tell-decision.effect.js';

/** With `service` for the letter of this service alone; without it for all services in which the event is dead. */
export type DeadLetterOrder = { service?: ServiceName } & (
  { action: 'retry' } | { action: 'discard'; reason: string }
);

/**
 * Decides what becomes of a dead letter: the decision and its event are stored first, then the service is told.
 * Of two operators who press at once, one decides; the other is answered with that decision.
 */
@Injectable()
export class DecideDeadLetter {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly client: InternalClient,
    private readonly tellDecision: TellDecision,
  ) {}

  /** Refusals: not_found, conflict (dead no longer; decided otherwise; no event), unavailable. */
  async run(
    eventId: string,
    order: DeadLetterOrder,
    caller: UserCaller,
  ): Promise<Result<DeadLetterDecision[]>> {
    if (!isId(eventId)) return refuse(new Problem('not_found'));
    const dead = await this.find(eventId, order.service, caller);
    if (!dead.ok) return dead;
    if (order.action === 'retry' && dead.value.some(({ type }) => type === 'unreadable')) {
      return refuse(new Problem('conflict', 'this text is no event, so nothing can handle it: discard it'));
    }
    return this.requests.run(caller, async (tx) => {
      const decisions = await Promise.all(
        dead.value.map((letter) => this.decide(letter, order, caller.userId, tx)),
      );
      if (decisions.some(({ action }) => action !== order.action)) {
        return refuse(new Problem('conflict', 'another operator has decided otherwise'));
      }
      return ok(decisions);
    });
  }

  private async find(
    eventId: string,
    service: ServiceName | undefined,
    caller: UserCaller,
  ): Promise<Result<InboxEvent[]>> {
    const answers = await Promise.all(
      SERVICES.filter((it) => service === undefined || it === service).map((it) =>
        this.client.call<InboxEvent>(it, 'GET', `/internal/ops/dead-letters/${eventId}`, caller),
      ),
    );
    const found = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    const dead = found.filter(({ state }) => state === 'dead');
    if (dead.length > 0) return ok(dead);
    if (found.some(({ attempts, history }) => attempts > 1 || history.length > 0)) {
      return refuse(new Problem('conflict', 'this event is no dead letter any more'));
    }
    const away = answers.find((answer) => !answer.ok && answer.problem.code === 'unavailable');
    return away && !away.ok ? away : refuse(new Problem('not_found'));
  }

  private async decide(
    letter: InboxEvent,
    order: DeadLetterOrder,
    by: string,
    tx: Tx,
  ): Promise<DeadLetterDecision> {
    const { id: eventId, service, attempts, type: eventType, error } = letter;
    const reason = order.action === 'discard' ? order.reason : null;
    const key = `${service}:${eventId}:${attempts}`;
    const decision: DeadLetterDecision = {
      key,
      id: newId(tx.now.getTime()),
      service,
      eventId,
      attempts,
      action: order.action,
      reason,
      decidedBy: by,
      decidedAt: tx.now,
      state: 'decided',
    };
    if (!(await tx.insertIfAbsent(DeadLetterDecision, decision))) return tx.get(DeadLetterDecision, key);
    const said = { decisionId: decision.id, by, eventId, service, eventType, error };
    if (reason === null) tx.publish(DeadLetterRetried, eventId, said);
    else tx.publish(DeadLetterDiscarded, eventId, { ...said, reason });
    tx.perform(this.tellDecision, decision.id, {
      key,
      service,
      eventId,
      action: order.action,
      decisionId: decision.id,
      by,
      attempts,
      ...(reason !== null && { reason }),
    });
    return decision;
  }
}
