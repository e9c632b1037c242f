import { baseSettings, type BaseSettings, kinds, type ServiceDefinition } from '#service-host';

export interface PaymentSettings extends BaseSettings {
  IN_DOUBT_AFTER_SECONDS: number;
  IN_DOUBT_RESOLVE_HOURS: number;
  STEP_UP_ABOVE: number;
}

export const paymentSettings: ServiceDefinition<PaymentSettings>['settings'] = {
  ...baseSettings,
  IN_DOUBT_AFTER_SECONDS: kinds.positive({
    default: 60,
    desc: 'after which a payment that has not ended is shown to operators',
  }),
  IN_DOUBT_RESOLVE_HOURS: kinds.positive({ default: 24, desc: 'in which they see to it' }),
  STEP_UP_ABOVE: kinds.natural({
    default: 1_000_000,
    desc: 'major units; a payment or transfer above it needs the password again, and is closed to API keys',
  }),
};
