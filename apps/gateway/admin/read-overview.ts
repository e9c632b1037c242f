import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { Envelope, PaymentInDoubt, RedemptionInDoubt, ServiceName } from '#contracts';
import type { InvariantReport } from '#invariants';
import type { Page, UserCaller } from '#service-host';
import { UserRow } from '../accounts/user.entity.js';
import { Forwarder } from '../forwarding/forwarder.js';
import { FindActions } from '../money-actions/find-actions.js';
import type { MoneyActionView } from '../money-actions/money-actions.dto.js';
import { type DeadLetters, type WatchedQueue, WatchQueues } from '../operations/watch-queues.js';

/** What an operator sees at a glance. Undefined is what a service did not answer. */
export interface Overview {
  queues: WatchedQueue[];
  deadLetters: DeadLetters;
  inDoubt: PaymentInDoubt[] | undefined;
  redemptions: RedemptionInDoubt[] | undefined;
  actions: MoneyActionView[];
  invariants: InvariantReport | undefined;
  trail: { seq: string; event: Envelope }[] | undefined;
  /** Names of the operators who occur in it, by id. */
  operators: ReadonlyMap<string, string>;
}

const SHOWN = 20;

/** Gathers the page from the routes that the API has as well. */
@Injectable()
export class ReadOverview {
  constructor(
    private readonly watchQueues: WatchQueues,
    private readonly findActions: FindActions,
    private readonly forwarder: Forwarder,
    private readonly dataSource: DataSource,
  ) {}

  async run(caller: UserCaller): Promise<Overview> {
    const [queues, deadLetters, inDoubt, redemptions, actions, invariants, trail] = await Promise.all([
      this.watchQueues.queues(caller),
      this.watchQueues.deadLetters(caller),
      this.ask<Page<PaymentInDoubt>>('payment', `/api/ops/payments?inDoubt=true&limit=${SHOWN}`, caller),
      this.ask<{ items: RedemptionInDoubt[] }>('billing', '/api/ops/redemptions', caller),
      this.findActions.list({ limit: SHOWN }),
      this.ask<InvariantReport>('audit', '/api/ops/invariants', caller),
      this.ask<Page<{ seq: string; event: Envelope }>>('audit', `/api/audit?limit=${SHOWN}`, caller),
    ]);
    const ids = [
      caller.userId,
      ...actions.items.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy]),
      ...deadLetters.items.flatMap(({ history }) => history.map(({ by }) => by)),
    ];
    const operators = await this.namesOf(ids.filter((id) => id !== undefined));
    return {
      queues,
      deadLetters,
      inDoubt: inDoubt?.items,
      redemptions: redemptions?.items,
      actions: actions.items,
      invariants,
      trail: trail?.items,
      operators,
    };
  }

  private async ask<T>(service: ServiceName, path: string, caller: UserCaller): Promise<T | undefined> {
    const { kind, userId, role, correlationId, traceparent } = caller;
    const signed = { kind, userId, role, correlationId, traceparent };
    try {
      const answer = await this.forwarder.send(service, { method: 'GET', path, headers: {} }, signed);
      return answer.status === 200 ? (JSON.parse(answer.body.toString('utf8')) as T) : undefined;
    } catch {
      return undefined; // the page says so
    }
  }

  private async namesOf(ids: string[]): Promise<Map<string, string>> {
    const users = await this.dataSource.getRepository(UserRow).findBy({ id: In([...new Set(ids)]) });
    return new Map(users.map(({ id, name }) => [id, name]));
  }
}
