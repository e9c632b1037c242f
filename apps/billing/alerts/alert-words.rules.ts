import { type Currency, Energy, Money, unreachable } from '#kernel';
import type { Alert, Observation } from './alert.rules.js';

/** An alert as people read it: `4.2` of `5` `kWh`, of a day or a month where it is about one. */
export interface AlertWords {
  value: string;
  limit: string;
  /** `kWh`, `days`, or a currency. */
  unit: string;
  period?: string;
}

export function inWords(alert: Alert, { value, limit, period }: Observation, currency: Currency): AlertWords {
  switch (alert) {
    case 'low_balance':
      return { value: kwh(value), limit: kwh(limit), unit: 'kWh' };
    case 'days_left':
      return { value: String(value), limit: String(limit), unit: 'days' };
    case 'daily_use':
      return { value: kwh(value), limit: kwh(limit), unit: 'kWh', ...ofPeriod(period) };
    case 'monthly_budget':
      return {
        value: money(value, currency),
        limit: money(limit, currency),
        unit: currency,
        ...ofPeriod(period),
      };
    default:
      return unreachable(alert);
  }
}

const ofPeriod = (period: string | null) => (period === null ? {} : { period });
const kwh = (wattHours: bigint) => Energy.ofWattHours(wattHours).kwh;
const money = (minor: bigint, currency: Currency) => Money.ofMinor(minor, currency).toJSON().amount;
