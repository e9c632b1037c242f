import { Injectable } from '@nestjs/common';
import { MoneyActionApproved, MoneyActionRejected } from '#contracts';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { CarryOutAction } from './carry-out-action.effect.js';
import { amountOf, factsOf, MoneyAction } from './money-action.entity.js';
import { moneyActionMachine } from './money-action.machine.js';

/** The second operator's word. It needs no idempotency key: an action is decided once. */
@Injectable()
export class DecideAction {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly carryOut: CarryOutAction,
  ) {}

  /** Refusals: not_found, second_person_required, conflict (decided already). */
  approve(id: string, caller: UserCaller): Promise<Result<MoneyAction>> {
    return this.decide(id, 'approved', caller, (action, tx) => {
      tx.publish(MoneyActionApproved, action.subjectId, factsOf(action, caller.userId));
      beginCarryingOut(this.carryOut, action, tx);
    });
  }

  /** Refusals: not_found, second_person_required, conflict (decided already). */
  reject(id: string, reason: string, caller: UserCaller): Promise<Result<MoneyAction>> {
    return this.decide(id, 'rejected', caller, (action, tx) => {
      tx.set(action, { decidedWhy: reason });
      tx.publish(MoneyActionRejected, action.subjectId, { ...factsOf(action, caller.userId), reason });
    });
  }

  private decide(
    id: string,
    decision: 'approved' | 'rejected',
    caller: UserCaller,
    then: (action: MoneyAction, tx: Tx) => void,
  ): Promise<Result<MoneyAction>> {
    if (!isId(id)) return Promise.resolve(refuse(new Problem('not_found')));
    return this.requests.run(caller, async (tx) => {
      const action = await tx.load(MoneyAction, id);
      if (!action) return refuse(new Problem('not_found'));
      if (action.requestedBy === caller.userId) return refuse(new Problem('second_person_required'));
      if (!moneyActionMachine.can(action.state, decision)) {
        return refuse(new Problem('conflict', `it is ${action.state} already`));
      }
      tx.set(action, { state: decision, decidedBy: caller.userId, decidedAt: tx.now });
      then(action, tx);
      return ok(action);
    });
  }
}

export function beginCarryingOut(carryOut: CarryOutAction, action: MoneyAction, tx: Tx): void {
  const { id: actionId, kind, subjectId, currency, reason } = action;
  const minor = amountOf(action).minor.toString();
  tx.perform(carryOut, actionId, { actionId, kind, subjectId, minor, currency, reason });
}
