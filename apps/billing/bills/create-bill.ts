import { Inject, Injectable } from '@nestjs/common';
import { BillCreated, type FindUser, type FoundUser } from '#contracts';
import { Clock, dayIn, isId, newId, numberFor, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { GatheredCalls, InternalClient, readAmount, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import type { CreateBillBody } from './bill-requests.js';
import { type BillView, factsOf, viewOf } from './bill-view.js';
import { Bill } from './bill.entity.js';
import { invalid, whyNoDueDate } from './bill.rules.js';

/** All that tells one new bill from another. */
type NewBill = Pick<Bill, 'kind' | 'customerId' | 'issuedBy' | 'amount' | 'currency' | 'dueDate'> &
  Partial<Bill>;

/**
 * Bills the caller or, by an operator, somebody else. Refusals: validation_failed (also a customer whom nobody
 * knows), forbidden (billing somebody else), unavailable (whether the customer exists cannot be found out now).
 */
@Injectable()
export class CreateBill {
  private readonly people: GatheredCalls<FindUser, FoundUser>;

  constructor(
    private readonly work: UnitOfWork<Tx>,
    client: InternalClient,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {
    this.people = new GatheredCalls(client, 'gateway', '/internal/users/find');
  }

  async run(caller: UserCaller, body: CreateBillBody): Promise<Result<BillView>> {
    const amount = readAmount(body.amount, body.currency, this.settings.CURRENCY);
    if (!amount.ok) return amount;
    const today = dayIn(this.settings.TIME_ZONE, this.clock.now());
    const problem = whyNoDueDate(body.dueDate, today);
    if (problem) return refuse(problem);
    const customer = await this.customer(caller, body.customerId);
    if (!customer.ok) return customer;
    const bill: NewBill = {
      kind: 'bill',
      customerId: customer.value,
      issuedBy: caller.userId,
      amount: amount.value.minor,
      currency: amount.value.currency,
      dueDate: body.dueDate,
      description: body.description?.trim() || null,
      meterNumber: body.meterNumber,
    };
    return ok(await this.work.run(caller, async (tx) => viewOf(issue(bill, tx), today)));
  }

  private async customer(caller: UserCaller, customerId = caller.userId): Promise<Result<string>> {
    if (!isId(customerId)) return refuse(invalid('customerId', 'must be the id of a user'));
    if (customerId === caller.userId) return ok(customerId);
    if (caller.role !== 'operator')
      return refuse(new Problem('forbidden', 'only an operator bills somebody else'));
    const found = await this.people.ask(caller, { userId: customerId });
    if (found.ok) return ok(customerId);
    return refuse(
      found.problem.code === 'not_found' ? invalid('customerId', 'nobody has this id') : found.problem,
    );
  }
}

/** Writes a new bill and announces it. The id is made anew when the work runs again. */
export function issue(bill: NewBill, tx: Tx): Bill {
  const id = newId(tx.now.getTime());
  const issued = tx.insert(Bill, {
    description: null,
    meterNumber: null,
    quote: null,
    basis: null,
    expiresAt: null,
    ...bill,
    id,
    number: numberFor('B', id),
    status: 'unpaid',
    claimedBy: null,
    claimedAt: null,
    arrearsTaken: null,
    paymentId: null,
    paidAt: null,
    createdAt: tx.now,
  });
  tx.publish(BillCreated, id, factsOf(issued));
  return issued;
}
