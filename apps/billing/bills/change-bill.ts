import { Inject, Injectable } from '@nestjs/common';
import { BillChanged } from '#contracts';
import { Clock, dayIn, isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { readAmount, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import type { ChangeBillBody } from './bill-requests.js';
import { type BillView, factsOf, viewOf } from './bill-view.js';
import { Bill } from './bill.entity.js';
import { invalid, mayChange, maySee, whyFixed, whyNoDueDate } from './bill.rules.js';

type Changes = Partial<Pick<Bill, 'amount' | 'currency' | 'dueDate' | 'description'>>;

/**
 * Changes what a bill says, while nobody paid it or is paying it. An operator may change every bill, a customer
 * only those that they made themselves. Refusals: validation_failed, not_found (also another customer's bill),
 * forbidden (a bill that an operator issued), bill_not_payable (paid or cancelled), payment_in_progress,
 * conflict (a quote: its amount, units and expiry belong together; vouchers).
 */
@Injectable()
export class ChangeBill {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(caller: UserCaller, id: string, body: ChangeBillBody): Promise<Result<BillView>> {
    const today = dayIn(this.settings.TIME_ZONE, this.clock.now());
    const read = this.read(body, today);
    if (!read.ok) return read;
    if (!isId(id)) return refuse(new Problem('not_found'));
    return this.work.run(caller, async (tx) => {
      const bill = await tx.load(Bill, id);
      if (!bill || !maySee(bill, caller)) return refuse(new Problem('not_found'));
      if (!mayChange(bill, caller))
        return refuse(new Problem('forbidden', 'only its issuer changes this bill'));
      const problem = whyFixed(bill);
      if (problem) return refuse(problem);
      if (bill.quote) return refuse(new Problem('conflict', 'a quote is not changed: ask for a new one'));
      if (bill.kind === 'vouchers')
        return refuse(new Problem('conflict', 'vouchers are not changed: cancel this bill and make others'));
      if (differs(bill, read.value)) {
        tx.set(bill, read.value);
        tx.publish(BillChanged, bill.id, factsOf(bill));
      }
      return ok(viewOf(bill, today));
    });
  }

  private read(body: ChangeBillBody, today: string): Result<Changes> {
    const { amount, currency, dueDate, description } = body;
    const changes: Changes = {};
    if (amount !== undefined) {
      const money = readAmount(amount, currency, this.settings.CURRENCY);
      if (!money.ok) return money;
      changes.amount = money.value.minor;
      changes.currency = money.value.currency;
    } else if (currency !== undefined) return refuse(invalid('currency', 'needs an amount'));
    if (dueDate !== undefined) {
      const problem = whyNoDueDate(dueDate, today);
      if (problem) return refuse(problem);
      changes.dueDate = dueDate;
    }
    if (description !== undefined) changes.description = description.trim() || null;
    if (Object.keys(changes).length === 0)
      return refuse(new Problem('validation_failed', 'nothing to change'));
    return ok(changes);
  }
}

function differs(bill: Bill, changes: Changes): boolean {
  return (Object.keys(changes) as (keyof Changes)[]).some((member) => bill[member] !== changes[member]);
}
