import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Energy, type Id, maskName, Money, ok, Problem, refuse, type Result } from '#kernel';
import { readAmount } from '#service-host';
import { Bill, type Difference, type Quote, type QuoteBasis } from '../bills/bill.entity.js';
import { invalid } from '../bills/bill.rules.js';
import { amountForUnits, leastAmount, type Price, priceOfAmount } from '../tariffs/price.rules.js';
import { reasonsForFewer, textOf } from './difference.rules.js';
import { FindMeterPrice, type MeterPrice } from './find-meter-price.js';
import { fromQuoteLine, quantityOf, toQuoteLine } from './quote-lines.rules.js';

/** As somebody wrote it: either an amount or kilowatt-hours. */
export interface Order {
  meterNumber: string;
  amount?: string | number;
  kwh?: string | number;
  currency?: string;
}

export interface MadeQuote {
  amount: Money;
  quote: Quote;
  basis: QuoteBasis;
}

/**
 * Prices an order for a meter, and stores nothing. Refusals: those of FindMeterPrice, validation_failed,
 * amount_too_low and amount_too_high with the limit.
 */
@Injectable()
export class MakeQuote {
  constructor(
    private readonly dataSource: DataSource,
    private readonly findMeterPrice: FindMeterPrice,
  ) {}

  async run(callerId: Id, order: Order): Promise<Result<MadeQuote>> {
    const found = await this.findMeterPrice.run(callerId, order.meterNumber);
    if (!found.ok) return found;
    const { meter, tariff, tariffVersion, terms } = found.value;
    const amount = amountOf(order, found.value);
    if (!amount.ok) return amount;
    const price = pricedWithinLimits(amount.value, found.value);
    if (!price.ok) return price;
    const { wattHours, lines } = price.value;
    const difference = await this.difference(callerId, { ...price.value, tariffVersion }, found.value);
    const quote: Quote = {
      meter: {
        number: meter.number,
        name: maskName(meter.holderName),
        area: meter.area,
        tariff: tariff.name,
      },
      tariffVersion,
      units: quantityOf(wattHours, terms.unit),
      breakdown: lines.map((line) => toQuoteLine(line, tariff.currency, terms.unit)),
      ...(difference && { difference }),
    };
    return ok({ amount: amount.value, quote, basis: basisOf(price.value, found.value) });
  }

  private async difference(
    customerId: Id,
    now: Price & { tariffVersion: string },
    { meter, tariff: { currency } }: MeterPrice,
  ): Promise<Difference | undefined> {
    const previous = await this.dataSource.getRepository(Bill).findOne({
      where: { customerId, meterNumber: meter.number, kind: 'electricity', status: 'paid' },
      order: { paidAt: 'DESC' },
    });
    if (!previous?.quote || !previous.basis || previous.currency !== currency) return undefined;
    const { quote, basis, amount, id: billId } = previous;
    const reasons = reasonsForFewer(
      {
        amount,
        wattHours: BigInt(basis.wattHours),
        tariffVersion: quote.tariffVersion,
        lines: quote.breakdown.map((line) => fromQuoteLine(line, currency)),
      },
      now,
    );
    if (reasons.length === 0) return undefined;
    const before = { billId, amount: Money.ofMinor(amount, currency).toJSON(), units: quote.units };
    return { previous: before, text: textOf(reasons), reasons };
  }
}

function amountOf({ amount, kwh, currency }: Order, { tariff, terms, start }: MeterPrice): Result<Money> {
  if ((amount === undefined) === (kwh === undefined))
    return refuse(invalid('amount', 'or kwh is needed, and not both'));
  if (kwh === undefined) return readAmount(amount, currency, tariff.currency);
  if (terms.unit === 'day') return refuse(invalid('kwh', 'is not what this device is sold: give an amount'));
  const energy = Energy.parse(kwh);
  if (!energy.ok) return energy;
  const { stepWh } = terms.rounding;
  const { wattHours } = energy.value;
  if (wattHours <= 0n || wattHours > MOST_WATT_HOURS || wattHours % stepWh !== 0n) {
    return refuse(invalid('kwh', `must be above zero, in steps of ${Energy.ofWattHours(stepWh).kwh}`));
  }
  return ok(Money.ofMinor(amountForUnits(wattHours, terms, start), tariff.currency));
}

/** A gigawatt-hour: beyond every maximum in money. */
const MOST_WATT_HOURS = 1_000_000_000n;

function pricedWithinLimits(amount: Money, { terms, start }: MeterPrice): Result<Price> {
  const { currency } = amount;
  const limited = (code: 'amount_too_low' | 'amount_too_high', minor: bigint) => {
    const limit = Money.ofMinor(minor, currency);
    const detail = `the ${code === 'amount_too_low' ? 'least' : 'most'} for this meter now is ${limit.toString()}`;
    return refuse(new Problem(code, detail, undefined, { limit: limit.toJSON() }));
  };
  const minimum = leastAmount(terms, start);
  if (amount.minor < minimum) return limited('amount_too_low', minimum);
  if (amount.minor > terms.maximum) return limited('amount_too_high', terms.maximum);
  const price = priceOfAmount(amount.minor, terms, start);
  return price ? ok(price) : limited('amount_too_low', minimum);
}

function basisOf(
  { wattHours, lines }: Price,
  { tariff, terms, start, month, fixedMonths }: MeterPrice,
): QuoteBasis {
  const dependsOnUnits = [terms.blocks, ...terms.periods.map(({ blocks }) => blocks)].some(
    (it) => it.length > 1,
  );
  const takesDebt = terms.charges.some(({ kind }) => kind === 'arrears');
  const taken = lines.find(({ kind }) => kind === 'arrears')?.amount ?? 0n;
  return {
    timeZone: tariff.timeZone,
    month,
    wattHours: wattHours.toString(),
    boughtWh: dependsOnUnits ? start.boughtWh.toString() : null,
    fixedMonths,
    arrears: takesDebt ? start.arrears.toString() : null,
    arrearsTaken: taken.toString(),
  };
}
