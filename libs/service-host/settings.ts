import { bool, cleanEnv, makeValidator, num, str, url, type ValidatorSpec } from 'envalid';
import { CURRENCIES, type Currency } from '#kernel';
import { crashOrderFault } from '#persistence';

export type Environment = Record<string, string | undefined>;

/** What is wrong with the environment, all of it at once. */
export class WrongSettings extends Error {
  constructor(readonly faults: string[]) {
    super(
      `Wattline cannot start, ${faults.length} setting(s) are wrong:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.name = 'WrongSettings';
  }
}

type Specs<S> = { [K in keyof S]: ValidatorSpec<S[K]> };

/** Reads settings once, typed. Throws `WrongSettings` with every fault. */
export function readSettings<S extends object>(environment: Environment, specs: Specs<S>): S {
  const faults: string[] = [];
  const read = cleanEnv(withoutBlanks(environment), specs, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries<Error | undefined>(errors)) {
        if (error) faults.push(`${name}: ${error.message}`);
      }
    },
  });
  if (faults.length > 0) throw new WrongSettings(faults);
  return Object.fromEntries(Object.keys(specs).map((name) => [name, read[name as keyof typeof read]])) as S;
}

/** `NAME=` in a .env file means that it is not set. */
export function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

const secret = makeValidator((value) => {
  if (value.length < 32) throw new Error('must have at least 32 characters');
  return value;
});

const timeZone = makeValidator((value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    throw new Error('must be a time zone, as Africa/Lagos');
  }
});

const wholeNumber = (least: number) =>
  makeValidator((value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least) throw new Error(`must be a whole number from ${least}`);
    return number;
  });

const crashOrder = makeValidator((value) => {
  const fault = value === '' ? undefined : crashOrderFault(value);
  if (fault !== undefined) throw new Error(fault);
  return value;
});

export const kinds = { bool, num, str, url, secret, positive: wholeNumber(1), natural: wholeNumber(0) };

/** Injection token of the service's settings. */
export const SETTINGS = Symbol('settings');

export type Mode = 'demo' | 'production';

/** The settings that every service has. */
export interface BaseSettings {
  WATTLINE_MODE: Mode;
  HOST: string;
  PORT: number;
  DATABASE_URL: string;
  AMQP_URL: string;
  BUS_PREFIX: string;
  INTERNAL_SECRET: string;
  LOG_LEVEL: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  CURRENCY: Currency;
  TIME_ZONE: string;
  POOL_SIZE: number;
  BATCH_SIZE: number;
  PACK_SIZE: number;
  REQUEST_PACE_MS: number;
  CONSUMER_PACE_MS: number;
  EVENTS_KEEP_DAYS: number;
  BILLING_URL: string;
  WALLET_URL: string;
  PAYMENT_URL: string;
  NOTIFICATION_URL: string;
  AUDIT_URL: string;
  GATEWAY_URL: string;
  EFFECT_LEASE_MS: number;
  WATTLINE_CRASH_POINT: string;
  SEED_DEMO: boolean;
  TRUSTED_PROXIES: string;
}

export const baseSettings: Specs<BaseSettings> = {
  WATTLINE_MODE: str<Mode>({
    choices: ['demo', 'production'],
    default: 'demo',
    desc: 'demo data, test keys and the sandbox method, or none of them',
  }),
  HOST: str({ default: '127.0.0.1', desc: 'address to listen on' }),
  PORT: kinds.natural({ desc: 'port to listen on; 0 takes a free one' }),
  DATABASE_URL: url({ desc: 'PostgreSQL' }),
  AMQP_URL: str({ default: '', desc: 'RabbitMQ; without it the embedded bus, in one process' }),
  BUS_PREFIX: str({ default: 'wattline', desc: 'prefix of exchanges and queues' }),
  INTERNAL_SECRET: secret({ desc: 'signs calls between the services' }),
  LOG_LEVEL: str<BaseSettings['LOG_LEVEL']>({
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    default: 'info',
  }),
  CURRENCY: str<Currency>({ choices: CURRENCIES, default: 'NGN', desc: 'currency of wallets and bills' }),
  TIME_ZONE: timeZone({ default: 'Africa/Lagos', desc: 'in which a due date ends' }),
  POOL_SIZE: kinds.positive({ default: 6, desc: 'database connections of one service' }),
  BATCH_SIZE: kinds.positive({ default: 200, desc: 'works in one transaction, at most' }),
  PACK_SIZE: kinds.positive({ default: 100, desc: 'events in one message, at most' }),
  REQUEST_PACE_MS: kinds.natural({ default: 10, desc: 'under load, from one batch of requests to the next' }),
  CONSUMER_PACE_MS: kinds.natural({ default: 20, desc: 'under load, from one batch of events to the next' }),
  EVENTS_KEEP_DAYS: kinds.positive({
    default: 30,
    desc: 'days after which handled events are forgotten; longer than any redelivery can take',
  }),
  BILLING_URL: url({ default: 'http://127.0.0.1:3002' }),
  WALLET_URL: url({ default: 'http://127.0.0.1:3003' }),
  PAYMENT_URL: url({ default: 'http://127.0.0.1:3004' }),
  NOTIFICATION_URL: url({ default: 'http://127.0.0.1:3005' }),
  AUDIT_URL: url({ default: 'http://127.0.0.1:3006' }),
  GATEWAY_URL: url({ default: 'http://127.0.0.1:3000', desc: 'where the services reach the gateway' }),
  TRUSTED_PROXIES: str({
    default: 'loopback',
    desc: 'whose X-Forwarded-For is believed: addresses, ranges, loopback, uniquelocal, separated by commas',
  }),
  EFFECT_LEASE_MS: kinds.positive({
    default: 60_000,
    desc: 'how long the process that decided an outside call may take before another one asks what became of it',
  }),
  WATTLINE_CRASH_POINT: crashOrder({
    default: '',
    desc: 'for tests: where this process dies (before-commit:3, at the third visit); refused in production',
  }),
  SEED_DEMO: bool({
    default: false,
    desc: 'make the demo once, before the service is ready; refused in production',
  }),
};
