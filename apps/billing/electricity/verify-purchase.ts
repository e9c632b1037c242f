import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, dayIn, maskName, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { readAmount, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import type { Quote } from '../bills/bill.entity.js';
import { invalid } from '../bills/bill.rules.js';
import { type BillView, viewOf } from '../bills/bill-view.js';
import { issue } from '../bills/create-bill.js';
import type { VerifyBody } from './electricity.controller.js';
import { priceOf } from './flat-tariff.rules.js';
import { Meter } from './meter.entity.js';
import { MeterGuesses } from './meter-guesses.js';
import { Tariff } from './tariff.entity.js';

/** How long a quoted price holds. */
export const QUOTE_MILLIS = 30 * 60_000;

/**
 * Finds the meter, prices the amount, and bills it to the caller: a quote that a payment may claim until it
 * expires. Anybody may buy for any meter. Refusals: rate_limited (too many unknown meters), meter_unknown,
 * validation_failed (also an amount that buys no energy).
 */
@Injectable()
export class VerifyPurchase {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    private readonly guesses: MeterGuesses,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(caller: UserCaller, body: VerifyBody): Promise<Result<BillView>> {
    const free = await this.guesses.mayAsk(caller.userId);
    if (!free.ok) return free;
    const meter = await this.dataSource.getRepository(Meter).findOneBy({ number: body.meterNumber });
    if (!meter) {
      await this.guesses.missed(caller.userId);
      return refuse(new Problem('meter_unknown'));
    }
    const tariff = await this.dataSource.getRepository(Tariff).findOneByOrFail({ id: meter.tariffId });
    const amount = readAmount(body.amount, body.currency, tariff.currency);
    if (!amount.ok) return amount;
    const { units, breakdown } = priceOf(amount.value, tariff);
    if (units.wattHours === 0n) return refuse(invalid('amount', 'is too little to buy electricity'));
    const quote: Quote = {
      meter: {
        number: meter.number,
        name: maskName(meter.holderName),
        area: meter.area,
        tariff: tariff.name,
      },
      units: units.toJSON(),
      breakdown: breakdown.map((line) => ({ label: line.label, amount: line.amount.toJSON() })),
    };
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + QUOTE_MILLIS);
    const bill = {
      kind: 'electricity' as const,
      customerId: caller.userId,
      issuedBy: caller.userId,
      amount: amount.value.minor,
      currency: amount.value.currency,
      dueDate: dayIn(this.settings.TIME_ZONE, expiresAt),
      meterNumber: meter.number,
      quote,
      expiresAt,
    };
    const today = dayIn(this.settings.TIME_ZONE, now);
    return ok(await this.work.run(caller, async (tx) => viewOf(issue(bill, tx), today)));
  }
}
