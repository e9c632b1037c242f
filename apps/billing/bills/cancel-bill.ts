import { Inject, Injectable } from '@nestjs/common';
import { BillCancelled } from '#contracts';
import { dayIn, isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { cancelBatch } from '../vouchers/fund-batch.js';
import { type BillView, factsOf, viewOf } from './bill-view.js';
import { Bill } from './bill.entity.js';
import { billMachine } from './bill.machine.js';
import { mayChange, maySee, whyFixed } from './bill.rules.js';

/**
 * Takes an unpaid bill back. An operator may cancel every bill, a customer only those that they made
 * themselves. Refusals: not_found (also another customer's bill), forbidden (a bill that an operator issued),
 * bill_not_payable (paid, or cancelled before), payment_in_progress.
 */
@Injectable()
export class CancelBill {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(caller: UserCaller, id: string): Promise<Result<BillView>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    return this.work.run(caller, async (tx) => {
      const bill = await tx.load(Bill, id);
      if (!bill || !maySee(bill, caller)) return refuse(new Problem('not_found'));
      if (!mayChange(bill, caller))
        return refuse(new Problem('forbidden', 'only its issuer cancels this bill'));
      const problem = whyFixed(bill);
      if (problem) return refuse(problem);
      tx.set(bill, { status: billMachine.move(bill.status, 'cancelled') });
      tx.publish(BillCancelled, bill.id, factsOf(bill));
      if (bill.kind === 'vouchers') await cancelBatch(tx, bill.id);
      return ok(viewOf(bill, dayIn(this.settings.TIME_ZONE, tx.now)));
    });
  }
}
