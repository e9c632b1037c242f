import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, dayIn, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { invalid } from '../bills/bill.rules.js';
import { Meter } from '../meters/meter.entity.js';
import { whyNotSold } from '../meters/meter.rules.js';
import { FindMeterPrice } from '../quotes/find-meter-price.js';
import { MakeQuote } from '../quotes/make-quote.js';
import { reservedUnits } from '../quotes/reserved-units.js';
import { promisedBy } from '../vends/quoted-units.rules.js';
import { RequestVend } from '../vends/request-vend.js';
import { RedeemLimits } from './redeem-limits.js';
import { Redemption, valueOf, Voucher, VoucherBatch } from './voucher.entity.js';
import { voucherMachine } from './voucher.machine.js';
import { whyNotRedeemable } from './voucher.rules.js';
import { readCode } from './voucher-code.rules.js';
import { VoucherCodes } from './voucher-codes.js';

interface Found {
  voucher: Voucher;
  batch: VoucherBatch;
}

/** What it is redeemed for: of money what it buys now, of energy what it says. */
type Purchase = Pick<Redemption, 'quote' | 'basis' | 'meterNumber'> & ReturnType<typeof promisedBy>;

/** When the price changes while it is asked for, it is asked for again. */
const TRIES = 3;

/**
 * Redeems a voucher against a meter: takes it, and has its one vend made, in one transaction. Refusals, in this order:
 * validation_failed (a mistyped code), rate_limited, voucher_unknown, voucher_used, voucher_expired, voucher_void; then
 * those of a purchase for this meter, voucher_other_utility, currency_mismatch. Refused, nothing has changed.
 */
@Injectable()
export class RedeemVoucher {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    private readonly limits: RedeemLimits,
    private readonly voucherCodes: VoucherCodes,
    private readonly findMeterPrice: FindMeterPrice,
    private readonly makeQuote: MakeQuote,
    private readonly requestVend: RequestVend,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(caller: UserCaller, typed: string, meterNumber: string): Promise<Result<Redemption>> {
    const code = readCode(typed);
    if (code === undefined)
      return refuse(invalid('code', 'is mistyped: look at its digits again, there are 18 of them'));
    const found = await this.find(caller, code);
    if (!found.ok) return found;
    for (let tries = 1; ; tries++) {
      const purchase = await this.price(caller, found.value.batch, meterNumber);
      if (!purchase.ok) return purchase;
      const redeemed = await this.take(caller, found.value, purchase.value);
      if (redeemed.ok || redeemed.problem.code !== 'quote_outdated' || tries === TRIES) return redeemed;
    }
  }

  private async find(caller: UserCaller, code: string): Promise<Result<Found>> {
    const free = await this.limits.beforeTry(caller);
    if (!free.ok) return free;
    const codeHash = this.voucherCodes.hashOf(code);
    const voucher = await this.dataSource.getRepository(Voucher).findOneBy({ codeHash });
    if (!voucher) return refuse(new Problem('voucher_unknown'));
    await this.limits.afterHit(caller);
    const batch = await this.dataSource.getRepository(VoucherBatch).findOneByOrFail({ id: voucher.batchId });
    const problem = whyNotRedeemable(voucher, batch, this.today(this.clock.now()));
    return problem ? refuse(await this.ownOne(problem, voucher, caller)) : ok({ voucher, batch });
  }

  /** Whoever redeemed it themselves, and lost the answer, is shown where it is. */
  private async ownOne(
    problem: Problem,
    { redemptionId }: Voucher,
    { userId }: UserCaller,
  ): Promise<Problem> {
    const own =
      redemptionId !== null &&
      (await this.dataSource.getRepository(Redemption).existsBy({ id: redemptionId, redeemerId: userId }));
    if (!own) return problem;
    const links = { redemption: `/api/vouchers/redemptions/${redemptionId}` };
    return new Problem(problem.code, 'you have redeemed it yourself', undefined, { links });
  }

  private async price(
    { userId }: UserCaller,
    batch: VoucherBatch,
    meterNumber: string,
  ): Promise<Result<Purchase>> {
    const found = await this.findMeterPrice.run(userId, meterNumber);
    if (!found.ok) return found;
    const { utility, currency } = found.value.tariff;
    if (batch.wattHours !== null && found.value.terms.unit === 'day')
      return refuse(new Problem('conflict', 'it is for energy, and this device is paid by time'));
    if (batch.utility !== null && batch.utility !== utility)
      return refuse(new Problem('voucher_other_utility', `it is for meters of ${batch.utility}`));
    if (batch.wattHours !== null)
      return ok({ meterNumber, quote: null, basis: null, wattHours: batch.wattHours, days: null });
    if (batch.currency !== currency)
      return refuse(new Problem('currency_mismatch', `it is in ${batch.currency}, the meter in ${currency}`));
    const { amount } = valueOf(batch);
    const made = await this.makeQuote.run(userId, { meterNumber, amount, currency });
    if (!made.ok) return made;
    const { quote, basis } = made.value;
    return ok({ meterNumber, quote, basis, ...promisedBy(quote.units) });
  }

  /** The voucher is locked, and looked at again after everything that was waited for. */
  private take(caller: UserCaller, { voucher: known, batch }: Found, purchase: Purchase) {
    const { wattHours, days, ...sale } = purchase;
    return this.work.run(caller, async (tx): Promise<Result<Redemption>> => {
      const voucher = await tx.get(Voucher, known.id);
      const whyNot = () =>
        voucher.codeHash === known.codeHash
          ? whyNotRedeemable(voucher, batch, this.today(tx.now))
          : new Problem('voucher_unknown');
      const early = whyNot();
      if (early) return refuse(early);
      const id = newId(tx.now.getTime());
      const redemption: Redemption = {
        id,
        voucherId: voucher.id,
        redeemerId: caller.userId,
        state: 'open',
        at: tx.now,
        arrearsTaken: null,
        ...sale,
      };
      const [meter, units] = await Promise.all([
        tx.get(Meter, sale.meterNumber),
        reservedUnits(tx, redemption),
      ]);
      const problem = whyNot() ?? whyNotSold(meter) ?? units?.whyOutdated(tx.now);
      if (problem) return refuse(problem);
      tx.set(voucher, { state: voucherMachine.move(voucher.state, 'redeeming'), redemptionId: id });
      tx.insert(Redemption, redemption);
      units?.take();
      const { amount, currency } = batch;
      const what = { ownerId: caller.userId, meterNumber: meter.number, amount, currency, wattHours, days };
      await this.requestVend.run({ id, cause: 'voucher', billId: null, ...what }, tx);
      return ok(redemption);
    });
  }

  private today(now: Date): string {
    return dayIn(this.settings.TIME_ZONE, now);
  }
}
