import { defineEvent, t } from '../event-definition.js';

/** An operator has registered a meter, or changed what is known of it. Names nobody. */
export const MeterChanged = defineEvent('meter_changed', 1, 'billing', {
  meterNumber: t.text,
  tariffId: t.text,
  status: t.oneOf(['active', 'suspended', 'blocked'] as const),
  changedBy: t.id,
});

/** A limit that the owner of a saved meter has set was crossed; once for each time that it is. */
export const MeterAlertRaised = defineEvent('meter_alert_raised', 1, 'billing', {
  /** The saved meter. */
  meterId: t.id,
  ownerId: t.id,
  meterNumber: t.text,
  alert: t.oneOf(['low_balance', 'days_left', 'daily_use', 'monthly_budget'] as const),
  /** Of `unit`: `kWh`, `days` or a currency. */
  value: t.text,
  limit: t.text,
  unit: t.text,
  /** The day or month that it is about. */
  period: t.maybe(t.text),
  /** The channels that the owner has chosen. */
  sms: t.flag,
  app: t.flag,
});

/** An operator has defined a tariff, or with `version` its prices from a day on. */
export const TariffChanged = defineEvent('tariff_changed', 1, 'billing', {
  tariffId: t.text,
  /** `residential@2026-12-01` */
  version: t.maybe(t.text),
  changedBy: t.id,
});
