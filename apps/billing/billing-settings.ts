import { str } from 'envalid';
import { type BaseSettings, baseSettings, kinds, type ServiceDefinition } from '#service-host';
import { issuerSettings, type IssuerSettings, refuseIssuers } from './issuers/issuer-settings.js';

/** Who makes the tokens of meters whose keys we have: our own software, or nobody. */
type StsIssuer = 'software' | 'none' | '';

export interface BillingSettings extends BaseSettings, IssuerSettings {
  CLAIM_SETTLE_AFTER_MS: number;
  METER_LOOKUPS_PER_MINUTE: number;
  /** Major units. */
  APPROVAL_LIMIT: number;
  GRANT_LIMIT_KWH: number;
  VOUCHER_TRIES: number;
  VOUCHER_TRIES_PER_ADDRESS: number;
  IN_DOUBT_RESOLVE_HOURS: number;
  /** Seals tokens, and the keys that they are made with; keys the HMAC of voucher codes. */
  TOKEN_SECRET: string;
  STS_ISSUER: StsIssuer;
  /** Where meters that report are asked for their readings; empty: nowhere. */
  METER_READINGS_URL: string;
  METER_READINGS_EVERY_MS: number;
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
  APPROVAL_LIMIT: kinds.natural({
    default: 100_000,
    desc: 'major units; a refund, an adjustment or vouchers given above it need a second operator',
  }),
  GRANT_LIMIT_KWH: kinds.natural({
    default: 1_000,
    desc: 'kilowatt-hours; vouchers of energy given above it need a second operator',
  }),
  VOUCHER_TRIES: kinds.positive({
    default: 60,
    desc: 'voucher codes that nobody has, from one person in an hour',
  }),
  VOUCHER_TRIES_PER_ADDRESS: kinds.positive({
    default: 600,
    desc: 'voucher codes that nobody has, from one address in an hour; mobile networks hide many people behind one',
  }),
  IN_DOUBT_RESOLVE_HOURS: kinds.positive({ default: 24, desc: 'in which they see to it' }),
  TOKEN_SECRET: kinds.secret({
    desc: 'seals tokens, vending keys and device keys; voucher codes are found by an HMAC under it',
  }),
  STS_ISSUER: str<StsIssuer>({
    choices: ['software', 'none', ''],
    default: '',
    desc: 'who makes STS tokens from keys that are here: software (the default of the demo) or none (of production)',
  }),
  METER_READINGS_URL: str({
    default: '',
    desc: 'where meters that report are asked: GET <this>/<number>/readings?from=; without it none is',
  }),
  METER_READINGS_EVERY_MS: kinds.positive({
    default: 300_000,
    desc: 'from one question to a meter that reports to the next',
  }),
  ...issuerSettings,
};

export function hasSoftwareIssuer({ STS_ISSUER, WATTLINE_MODE }: BillingSettings): boolean {
  return STS_ISSUER === 'software' || (STS_ISSUER === '' && WATTLINE_MODE === 'demo');
}

/** Half an issuer; and in production, what only a demo or a test may have. */
export function refuseSettings(settings: BillingSettings): string[] {
  const isProduction = settings.WATTLINE_MODE === 'production';
  const faults = refuseIssuers(settings, isProduction);
  if (!isProduction) return faults;
  const refuse = (when: boolean, fault: string) => void (when && faults.push(fault));
  refuse(
    hasSoftwareIssuer(settings),
    'STS_ISSUER: the software issuer is for demos and tests; production vends through a security module or a manufacturer',
  );
  refuse(/^(.)\1+$/.test(settings.TOKEN_SECRET), 'TOKEN_SECRET: is a test value');
  refuse(
    settings.TOKEN_SECRET === settings.INTERNAL_SECRET,
    'TOKEN_SECRET: must differ from INTERNAL_SECRET',
  );
  return faults;
}
