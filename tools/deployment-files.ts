import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import { auditService } from '#audit';
import { billingService } from '#billing';
import type { ServiceName } from '#contracts';
import { gatewayService } from '#gateway';
import { notificationService } from '#notification';
import { paymentService } from '#payment';
import {
  type BaseSettings,
  type Environment,
  type ServiceDefinition,
  settingsOf,
  WrongSettings,
} from '#service-host';
import { walletService } from '#wallet';

// The files of a deployment, read as Compose and kustomize read them, and the services that they start.

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
export const { version: VERSION } = JSON.parse(read('package.json')) as { version: string };

export interface Deployed {
  /** Names of its settings, and of those that have no default. */
  known: string[];
  needed: string[];
  /** What is wrong with its settings, by their names. */
  faults: (environment: Environment) => string[];
}

export const DEPLOYED: Record<ServiceName, Deployed> = {
  gateway: deployed(gatewayService),
  billing: deployed(billingService),
  wallet: deployed(walletService),
  payment: deployed(paymentService),
  notification: deployed(notificationService),
  audit: deployed(auditService),
};

/** What the simulators read; they have no settings object. */
export const SIMULATORS = ['SIM_HOST', 'SIM_PORT', 'SIM_CALLBACKS', 'SIM_CALLBACK_HOSTS', 'SIM_INCOMING_URL'];
export const SIMULATORS_TOO = ['WATTLINE_MODE', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];

/** Secrets as an installation would have them. */
export const REAL_SECRETS: Record<string, string> = {
  DATABASE_URL: 'postgres://wattline@db.example.test:5432/wattline',
  AMQP_URL: 'amqps://broker.example.test',
  INTERNAL_SECRET: 'made at random for the services',
  JWT_SECRET: 'made at random for the access tokens',
  CONTACT_SECRET: 'made at random for the contacts',
  TOKEN_SECRET: 'made at random for the meters',
  TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
  TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  TWILIO_FROM: 'Wattline',
};
for (const name of ['INTERNAL_SECRET', 'JWT_SECRET', 'CONTACT_SECRET', 'TOKEN_SECRET'])
  REAL_SECRETS[name] += ', forty letters';

function deployed<S extends BaseSettings>(definition: ServiceDefinition<S>): Deployed {
  const specs = Object.entries<{ default?: unknown }>(definition.settings);
  return {
    known: specs.map(([name]) => name),
    needed: specs.filter(([, spec]) => spec.default === undefined).map(([name]) => name),
    faults: (environment) => {
      try {
        settingsOf(definition, environment);
        return [];
      } catch (error) {
        if (!(error instanceof WrongSettings)) throw error;
        return error.faults.map((fault) => fault.split(':')[0]!);
      }
    },
  };
}

/** Every document of a YAML file, with merge keys. */
export function yaml<T>(path: string): T[] {
  return parseYaml<T>(read(path));
}

export function parseYaml<T>(text: string): T[] {
  const documents: T[] = [];
  loadAll(text, (document) => documents.push(document as T), { schema: CORE_SCHEMA.withTags(mergeTag) });
  return documents;
}
