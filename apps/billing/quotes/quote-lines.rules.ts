import type { Quantity } from '#contracts';
import { type Currency, Energy, Money, unwrap } from '#kernel';
import type { QuoteLine } from '../bills/bill.entity.js';
import type { PriceLine } from '../tariffs/price.rules.js';
import { DAY, type Unit } from '../tariffs/terms.rules.js';

/** A line as people read it, before and after they pay. */
export function toQuoteLine(line: PriceLine, currency: Currency, unit: Unit): QuoteLine {
  const { kind, label, wattHours, perMwh, remaining } = line;
  const amount = Money.ofMinor(line.amount, currency).toJSON();
  if (wattHours !== undefined && perMwh !== undefined) {
    const unitPrice = priceText(perMwh, currency);
    if (unit === 'kwh') {
      const { kwh } = Energy.ofWattHours(wattHours);
      return { kind, label: `${label}, ${kwh} kWh at ${unitPrice}`, amount, kwh, unitPrice };
    }
    const days = daysOf(wattHours);
    return { kind: 'time', label: `Time, ${daysText(days)} at ${unitPrice}`, amount, days, unitPrice };
  }
  const written = { kind, label, amount };
  if (remaining !== undefined) return { ...written, remaining: Money.ofMinor(remaining, currency).toJSON() };
  return written;
}

/** The numbers of a line again. */
export function fromQuoteLine(line: QuoteLine, currency: Currency): PriceLine {
  const { kind, label, amount, kwh, days, unitPrice } = line;
  return {
    kind,
    label,
    amount: unwrap(Money.parse(amount.amount, currency)).minor,
    ...(kwh !== undefined && { wattHours: unwrap(Energy.parse(kwh)).wattHours }),
    ...(days !== undefined && { wattHours: BigInt(days) * DAY }),
    ...(unitPrice !== undefined && { perMwh: priceOf(unitPrice, currency) }),
  };
}

/** What is sold, as people read it. */
export function quantityOf(wattHours: bigint, unit: Unit): Quantity {
  return unit === 'kwh' ? Energy.ofWattHours(wattHours).toJSON() : { days: daysOf(wattHours) };
}

const daysOf = (thousandths: bigint) => Number(thousandths / DAY);
const daysText = (days: number) => (days === 1 ? '1 day' : `${days} days`);

/** 796400 of UGX → `796.4`; at least the decimals of the currency. */
function priceText(perMwh: bigint, currency: Currency): string {
  const decimals = decimalsOf(currency);
  const digits = perMwh.toString().padStart(decimals + 4, '0');
  const split = digits.length - decimals - 3;
  const fraction = digits.slice(split).replace(/0{1,3}$/, '');
  return digits.slice(0, split) + (fraction ? `.${fraction}` : '');
}

function priceOf(text: string, currency: Currency): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(decimalsOf(currency) + 3, '0'));
}

const decimalsOf = (currency: Currency) => Money.major(1n, currency).minor.toString().length - 1;
