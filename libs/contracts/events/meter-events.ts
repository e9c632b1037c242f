import { defineEvent, t } from '../event-definition.js';

/** An operator has registered a meter, or changed what is known of it. Names nobody. */
export const MeterChanged = defineEvent('meter_changed', 1, 'billing', {
  meterNumber: t.text,
  tariffId: t.text,
  status: t.oneOf(['active', 'suspended', 'blocked'] as const),
  changedBy: t.id,
});

/** An operator has defined a tariff, or with `version` its prices from a day on. */
export const TariffChanged = defineEvent('tariff_changed', 1, 'billing', {
  tariffId: t.text,
  /** `residential@2026-12-01` */
  version: t.maybe(t.text),
  changedBy: t.id,
});
