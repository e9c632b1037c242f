import { type BaseSettings, baseSettings, kinds, type ServiceDefinition } from '#service-host';

export interface BillingSettings extends BaseSettings {
  CLAIM_SETTLE_AFTER_MS: number;
  UNKNOWN_METERS_PER_HOUR: number;
}

export const billingSettings: ServiceDefinition<BillingSettings>['settings'] = {
  ...baseSettings,
  CLAIM_SETTLE_AFTER_MS: kinds.positive({
    default: 60_000,
    desc: 'the age of a claim on a bill at which billing asks the payment service what became of it',
  }),
  UNKNOWN_METERS_PER_HOUR: kinds.positive({
    default: 30,
    desc: 'meters that nobody has, of which one person may ask in an hour',
  }),
};
