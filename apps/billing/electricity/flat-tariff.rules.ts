import { Energy, Money } from '#kernel';

export interface FlatTariff {
  /** Minor units for 1,000 watt-hours, without VAT. */
  pricePerKwh: bigint;
  /** Hundredths of a percent: 750 is 7.5 %. */
  vatBasisPoints: number;
}

export interface PriceLine {
  label: string;
  amount: Money;
}

export interface Price {
  units: Energy;
  /** Adds up to the amount, to the last minor unit. */
  breakdown: PriceLine[];
}

const WHOLE = 10_000n;
const WATT_HOURS = 1_000n;

/**
 * What an amount buys. VAT is inside the amount, rounded to the nearest minor unit (half up); what is left buys
 * energy, rounded down to the watt-hour. A small amount may buy none.
 */
export function priceOf(amount: Money, tariff: FlatTariff): Price {
  const vat = Money.ofMinor(vatInside(amount.minor, BigInt(tariff.vatBasisPoints)), amount.currency);
  const net = amount.minus(vat);
  const units = Energy.ofWattHours((net.minor * WATT_HOURS) / tariff.pricePerKwh);
  const price = Money.ofMinor(tariff.pricePerKwh, amount.currency);
  const breakdown = [{ label: `Energy, ${units.kwh} kWh at ${price.amount}`, amount: net }];
  if (vat.positive) breakdown.push({ label: `VAT ${percent(tariff.vatBasisPoints)} %`, amount: vat });
  return { units, breakdown };
}

/** gross × rate / (1 + rate), half up. */
function vatInside(gross: bigint, basisPoints: bigint): bigint {
  const divisor = WHOLE + basisPoints;
  return (2n * gross * basisPoints + divisor) / (2n * divisor);
}

/** 750 → `7.5` */
function percent(basisPoints: number): string {
  const digits = String(basisPoints).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
}
