import { str, url } from 'envalid';
import { type CountryCode, getCountries } from 'libphonenumber-js';
import { baseSettings, type BaseSettings, kinds, type ServiceDefinition } from '#service-host';

export interface GatewaySettings extends BaseSettings {
  JWT_SECRET: string;
  CONTACT_SECRET: string;
  SESSION_DAYS: number;
  LOGIN_ATTEMPTS: number;
  LOGIN_ATTEMPTS_PER_ADDRESS: number;
  LOGIN_WINDOW_SECONDS: number;
  REGISTRATIONS_PER_ADDRESS: number;
  RESETS_PER_ADDRESS: number;
  RATE_LIMIT_PER_MINUTE: number;
  MAX_IN_FLIGHT: number;
  CORS_ORIGINS: string;
  PHONE_COUNTRY: CountryCode;
  SIM_URL: string;
  AWAIT_SERVICES: boolean;
  APPROVAL_LIMIT: number;
}

export const gatewaySettings: ServiceDefinition<GatewaySettings>['settings'] = {
  ...baseSettings,
  JWT_SECRET: kinds.secret({ desc: 'signs access tokens' }),
  CONTACT_SECRET: kinds.secret({
    desc: 'seals names and phones for the notification service, which has it too',
  }),
  SESSION_DAYS: kinds.positive({
    default: 30,
    desc: 'after which one signs in again, also when the app is used daily',
  }),
  LOGIN_ATTEMPTS: kinds.positive({ default: 10, desc: 'wrong passwords for one phone in one window' }),
  LOGIN_ATTEMPTS_PER_ADDRESS: kinds.positive({
    default: 300,
    desc: 'wrong passwords from one address in one window; mobile networks hide many people behind one',
  }),
  LOGIN_WINDOW_SECONDS: kinds.positive({ default: 900, desc: 'how long failed sign-ins are remembered' }),
  REGISTRATIONS_PER_ADDRESS: kinds.positive({
    default: 1000,
    desc: 'registrations from one address in an hour',
  }),
  RESETS_PER_ADDRESS: kinds.positive({
    default: 100,
    desc: 'codes for a new password that one address may ask for in an hour; one phone gets three',
  }),
  RATE_LIMIT_PER_MINUTE: kinds.positive({
    default: 6000,
    desc: 'requests of one person or one address in one gateway process',
  }),
  MAX_IN_FLIGHT: kinds.positive({ default: 2000, desc: 'requests under way at once; more are answered 503' }),
  CORS_ORIGINS: str({ default: '', desc: 'origins of browser apps on other hosts, separated by commas' }),
  PHONE_COUNTRY: str<CountryCode>({
    choices: getCountries(),
    default: 'NG',
    desc: 'in which a phone number without a country code is read',
  }),
  APPROVAL_LIMIT: kinds.natural({
    default: 100_000,
    desc: 'major units; a refund, an adjustment or vouchers given above it need a second operator',
  }),
  AWAIT_SERVICES: kinds.bool({ default: false, desc: 'be ready only when the five other services are' }),
  SIM_URL: url({ default: '', desc: 'the phones page of the simulators, linked in demo mode' }),
};

/** What only a demo or a test may have. */
export function refuseInProduction(settings: GatewaySettings): string[] {
  if (settings.WATTLINE_MODE !== 'production') return [];
  const { JWT_SECRET, CONTACT_SECRET, INTERNAL_SECRET } = settings;
  const faults: string[] = [];
  const refuse = (when: boolean, fault: string) => void (when && faults.push(fault));
  refuse(/^(.)\1+$/.test(JWT_SECRET), 'JWT_SECRET: is a test value');
  refuse(/^(.)\1+$/.test(CONTACT_SECRET), 'CONTACT_SECRET: is a test value');
  refuse(
    new Set([JWT_SECRET, CONTACT_SECRET, INTERNAL_SECRET]).size < 3,
    'JWT_SECRET, CONTACT_SECRET, INTERNAL_SECRET: must differ',
  );
  refuse(settings.SIM_URL !== '', 'SIM_URL: there are no simulators in production');
  refuse(settings.CORS_ORIGINS.includes('*'), 'CORS_ORIGINS: must name the origins');
  return faults;
}
