import { str } from 'envalid';
import { type BaseSettings, baseSettings, kinds, type ServiceDefinition } from '#service-host';
import { issuerSettings, type IssuerSettings, refuseIssuers } from './issuers/issuer-settings.js';

/** Who makes the tokens of meters whose keys we have: our own software, or nobody. */
type StsIssuer = 'software' | 'none' | '';

export interface BillingSettings extends BaseSettings, IssuerSettings {
  CLAIM_SETTLE_AFTER_MS: number;
  METER_LOOKUPS_PER_MINUTE: number;
  /** Seals tokens, and the keys that they are made with. */
  TOKEN_SECRET: string;
  STS_ISSUER: StsIssuer;
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
  TOKEN_SECRET: kinds.secret({ desc: 'seals tokens, vending keys and device keys' }),
  STS_ISSUER: str<StsIssuer>({
    choices: ['software', 'none', ''],
    default: '',
    desc: 'who makes STS tokens from keys that are here: software (the default of the demo) or none (of production)',
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
