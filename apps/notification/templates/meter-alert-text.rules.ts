import { unreachable } from '#kernel';

export interface MeterAlertFacts {
  alert: 'low_balance' | 'days_left' | 'daily_use' | 'monthly_budget';
  meterNumber: string;
  value: string;
  limit: string;
  /** `kWh`, `days` or a currency. */
  unit: string;
  /** The day or month that it is about. */
  period?: string;
}

/** What is the matter with a meter, in one or two sentences. */
export function alertText({ alert, meterNumber, value, limit, unit, period = '' }: MeterAlertFacts): string {
  const meter = `meter ${meterNumber}`;
  switch (alert) {
    case 'low_balance':
      return `Low balance: ${value} kWh left on ${meter}. Buy electricity in Wattline.`;
    case 'days_left': {
      const days = value === '1' ? '1 day' : `${value} days`;
      return `${days} of electricity left on ${meter}, as you use it. Buy more in Wattline.`;
    }
    case 'daily_use':
      return `High use: ${value} kWh on ${period} by ${meter}, above your ${limit} kWh.`;
    case 'monthly_budget':
      return `Budget: ${unit} ${value} spent on ${meter} in ${period}, above your ${unit} ${limit}.`;
    default:
      return unreachable(alert);
  }
}
