import { Inject, Injectable } from '@nestjs/common';
import type { ClaimBill as ClaimBillRequest, ClaimedBill } from '#contracts';
import { isId, Money, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { readAmount, SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { reservedUnits } from '../quotes/reserved-units.js';
import { Bill } from './bill.entity.js';
import { amountOf, titleOf, whyNotClaimable } from './bill.rules.js';

/**
 * Promises a bill to one payment, until that payment completes or fails. Idempotent: the same payment gets the
 * same answer again. A payment that stands in the place of one that never will be stored inherits its claim.
 * Refusals, in this order: validation_failed (the amount is no amount), not_found (also when the payer is not the
 * customer), bill_not_payable (paid, cancelled, or a quote that expired), amount_mismatch, payment_in_progress with
 * `links.payment`, step_up_required; of electricity also meter_suspended, meter_blocked and quote_outdated, when the
 * meter's tariff, month, debt or fixed charge is not what the quote started from. The claim takes them.
 */
@Injectable()
export class ClaimBill {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(context: WorkContext, claim: ClaimBillRequest): Promise<Result<ClaimedBill>> {
    const { billId: id, paymentId, payerId, insteadOf = [] } = claim;
    let amount: Money | undefined;
    if (claim.amount !== undefined) {
      const read = readAmount(claim.amount, undefined, this.settings.CURRENCY);
      if (!read.ok) return read;
      amount = read.value;
    }
    if (!isId(id)) return refuse(new Problem('not_found'));
    return this.work.run(context, async (tx) => {
      const bill = await tx.load(Bill, id);
      if (!bill || bill.customerId !== payerId) return refuse(new Problem('not_found'));
      const inherits = () => bill.claimedBy !== null && insteadOf.includes(bill.claimedBy);
      const claimant = () => (inherits() ? bill.claimedBy! : paymentId);
      const whyNot = () => whyNotClaimable(bill, claimant(), amount ?? amountOf(bill), tx.now);
      const early = whyNot();
      if (early) return refuse(early);
      const units = await reservedUnits(tx, bill);
      const problem = whyNot(); // somebody else may have claimed it while the meter was read
      if (problem) return refuse(problem);
      if (bill.status === 'unpaid' && (inherits() || !bill.claimedBy)) {
        if (isAbove(claim.atMost, bill)) return refuse(new Problem('step_up_required'));
        const outdated = inherits() ? undefined : units?.whyOutdated(tx.now);
        if (outdated) return refuse(outdated);
        if (!inherits()) units?.take(); // the payment whose claim it inherits has taken them
        tx.set(bill, { claimedBy: paymentId, claimedAt: tx.now });
      }
      return ok(claimed(bill));
    });
  }
}

function claimed(bill: Bill): ClaimedBill {
  return {
    billId: bill.id,
    number: bill.number,
    kind: bill.kind,
    amount: amountOf(bill).toJSON(),
    title: titleOf(bill),
    ...(bill.meterNumber !== null && { meterNumber: bill.meterNumber }),
  };
}

function isAbove(major: number | undefined, bill: Bill): boolean {
  const amount = amountOf(bill);
  return major !== undefined && Money.major(BigInt(major), amount.currency).lessThan(amount);
}
