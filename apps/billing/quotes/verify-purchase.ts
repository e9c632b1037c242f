import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';
import { Clock, dayIn, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { viewOf } from '../bills/bill-view.js';
import { Bill } from '../bills/bill.entity.js';
import { amountOf } from '../bills/bill.rules.js';
import { issue } from '../bills/create-bill.js';
import { WarnPayer } from '../meters/warn-payer.js';
import { MakeQuote, type Order } from './make-quote.js';
import type { OpenPurchase, VerifiedPurchase } from './quotes.dto.js';

/** How long a quoted price holds. */
export const QUOTE_MILLIS = 30 * 60_000;

/**
 * Finds the meter, prices the amount, and bills it to the caller: a quote that a payment may claim until it expires.
 * Anybody may buy for any meter. Refusals: those of MakeQuote, and currency_mismatch where wallets cannot pay it.
 */
@Injectable()
export class VerifyPurchase {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    private readonly makeQuote: MakeQuote,
    private readonly warnPayer: WarnPayer,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(caller: UserCaller, order: Order): Promise<Result<VerifiedPurchase>> {
    const { userId } = caller;
    const made = await this.makeQuote.run(userId, order);
    if (!made.ok) return made;
    const { amount, quote, basis } = made.value;
    const { CURRENCY, TIME_ZONE } = this.settings;
    if (amount.currency !== CURRENCY)
      return refuse(
        new Problem('currency_mismatch', `it is sold in ${amount.currency}, wallets are in ${CURRENCY}`),
      );
    const openPurchase = await this.openPurchase(userId, order.meterNumber);
    const warnings = await this.warnPayer.run(userId, order.meterNumber);
    if (openPurchase) {
      const text =
        'A purchase of yours for this meter has not ended yet: continue with it instead of paying twice.';
      warnings.unshift({ code: 'purchase_open', text });
    }
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + QUOTE_MILLIS);
    const bill = {
      kind: 'electricity' as const,
      customerId: userId,
      issuedBy: userId,
      amount: amount.minor,
      currency: amount.currency,
      dueDate: dayIn(TIME_ZONE, expiresAt),
      meterNumber: order.meterNumber,
      quote,
      basis,
      expiresAt,
    };
    const view = await this.work.run(caller, async (tx) => viewOf(issue(bill, tx), dayIn(TIME_ZONE, now)));
    return ok({ ...view, warnings, ...(openPurchase && { openPurchase }) });
  }

  /** The caller's newest purchase for this meter that a payment is still under way for. */
  private async openPurchase(customerId: string, meterNumber: string): Promise<OpenPurchase | undefined> {
    const bill = await this.dataSource.getRepository(Bill).findOne({
      where: { customerId, meterNumber, kind: 'electricity', status: 'unpaid', claimedBy: Not(IsNull()) },
      order: { id: 'DESC' },
    });
    if (!bill?.claimedBy) return undefined;
    return {
      billId: bill.id,
      paymentId: bill.claimedBy,
      amount: amountOf(bill).toJSON(),
      ...(bill.quote && { units: bill.quote.units }),
      links: { payment: `/api/payments/${bill.claimedBy}` },
    };
  }
}
