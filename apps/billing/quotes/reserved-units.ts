import { dayIn, Problem } from '#kernel';
import type { Tx } from '#messaging';
import type { Bill, QuoteBasis } from '../bills/bill.entity.js';
import { Meter } from '../meters/meter.entity.js';
import { MeterMonth, meterMonthId } from '../meters/meter-month.entity.js';
import { whyNotSold } from '../meters/meter.rules.js';
import { tariffOf } from '../tariffs/tariff-version.entity.js';

/** An electricity bill, or the redemption of a voucher. */
type Sale = Pick<Bill, 'id' | 'basis' | 'meterNumber' | 'quote' | 'arrearsTaken'>;

/**
 * What a sale takes from its meter's month: units, fixed charges, and a part of the debt. Taken when the
 * bill is claimed or the voucher redeemed, given back when that fails or is refunded; the sale's own state says which, so
 * that neither happens twice.
 */
class ReservedUnits {
  constructor(
    private readonly tx: Tx,
    private readonly sale: Sale,
    private readonly basis: QuoteBasis,
    private readonly meter: Meter,
    private readonly months: readonly MeterMonth[],
  ) {}

  /** Why the quote's price is no longer right, or undefined. */
  whyOutdated(now: Date): Problem | undefined {
    const { timeZone, month, boughtWh, arrears, fixedMonths } = this.basis;
    const closed = whyNotSold(this.meter);
    if (closed) return closed;
    const sameTariff = this.sale.quote && tariffOf(this.sale.quote.tariffVersion) === this.meter.tariffId;
    const sameMonth = dayIn(timeZone, now).startsWith(month);
    const sameUnits = boughtWh === null || this.month(month).wattHours === BigInt(boughtWh);
    const sameDebt = arrears === null || this.meter.arrears === BigInt(arrears);
    const due = fixedMonths.every((it) => this.month(it).fixedBillId === null);
    const holds = sameTariff && sameMonth && sameUnits && sameDebt && due;
    return holds ? undefined : new Problem('quote_outdated');
  }

  /** Of the debt at most what there is: a payment may come late, when others have paid a part of it. */
  take(): void {
    const wanted = BigInt(this.basis.arrearsTaken);
    const taken = wanted < this.meter.arrears ? wanted : this.meter.arrears;
    this.change(1n, taken, (month) => month.fixedBillId ?? this.sale.id);
    this.tx.set(this.sale, { arrearsTaken: taken });
  }

  giveBack(): void {
    const taken = this.sale.arrearsTaken ?? 0n;
    this.change(-1n, taken, (month) => (month.fixedBillId === this.sale.id ? null : month.fixedBillId));
    this.tx.set(this.sale, { arrearsTaken: null });
  }

  private change(sign: 1n | -1n, debt: bigint, fixedBillId: (month: MeterMonth) => string | null): void {
    const { month, wattHours, fixedMonths } = this.basis;
    const bought = this.month(month);
    this.tx.set(bought, { wattHours: bought.wattHours + sign * BigInt(wattHours) });
    for (const it of fixedMonths) this.tx.set(this.month(it), { fixedBillId: fixedBillId(this.month(it)) });
    if (debt > 0n) this.tx.set(this.meter, { arrears: this.meter.arrears - sign * debt });
  }

  private month(month: string): MeterMonth {
    return this.months.find((it) => it.month === month)!;
  }
}

/** Undefined for a sale that takes nothing. The meter is locked first: sales for one meter come one after the other. */
export async function reservedUnits(tx: Tx, sale: Sale): Promise<ReservedUnits | undefined> {
  const { basis, meterNumber } = sale;
  if (!basis || meterNumber === null) return undefined;
  const meter = await tx.get(Meter, meterNumber);
  const months = [...new Set([basis.month, ...basis.fixedMonths])].sort();
  const rows = months.map((month) => ({
    id: meterMonthId(meterNumber, month),
    meterNumber,
    month,
    wattHours: 0n,
    fixedBillId: null,
  }));
  await Promise.all(rows.map((row) => tx.insertIfAbsent(MeterMonth, row)));
  const counters = await Promise.all(rows.map(({ id }) => tx.get(MeterMonth, id)));
  return new ReservedUnits(tx, sale, basis, meter, counters);
}
