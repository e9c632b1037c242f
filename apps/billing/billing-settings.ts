import { type BaseSettings, baseSettings, kinds, type ServiceDefinition } from '#service-host';

export interface BillingSettings extends BaseSettings {
  CLAIM_SETTLE_AFTER_MS: number;
  METER_LOOKUPS_PER_MINUTE: number;
}

export const billingSettings: ServiceDefinition<BillingSettings>['settings'] = {
  ...baseSettings,
  CLAIM_SETTLE_AFTER_MS: kinds.positive({
    default: 60_000,
    desc: 'the age of a claim on a bill at which billing asks the payment service what became of it',
  }),
  METER_LOOKUPS_PER_MINUTE: kinds.positive({
    default: 60,
    desc: 'meters that one person may look up, or get wrong, in a minute',
  }),
};
