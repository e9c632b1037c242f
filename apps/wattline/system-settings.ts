import { join } from 'node:path';
import { str } from 'envalid';
import { DataFolderInUse } from '#persistence';
import {
  type BaseSettings,
  type Environment,
  kinds,
  readSettings,
  withoutBlanks,
  WrongSettings,
} from '#service-host';
import { demoSecrets, type Secrets } from './secrets.js';
import type { SystemPlan } from './service-environments.js';

interface SystemSettings {
  WATTLINE_MODE: BaseSettings['WATTLINE_MODE'];
  WATTLINE_HOME: string;
  PORT: number;
  SIM_PORT: number;
  DATABASE_URL: string;
  AMQP_URL: string;
}

/** What the launchers read from the environment; everything else is passed on to the services. */
export function readSystemSettings(environment: Environment): SystemSettings {
  const settings = readSettings<SystemSettings>(environment, {
    WATTLINE_MODE: str<SystemSettings['WATTLINE_MODE']>({ choices: ['demo', 'production'], default: 'demo' }),
    WATTLINE_HOME: str({ default: '.wattline', desc: 'data folder' }),
    PORT: kinds.positive({ default: 3000, desc: 'of the gateway' }),
    SIM_PORT: kinds.natural({ default: 0, desc: 'of the simulators; PORT + 1 unless set' }),
    DATABASE_URL: str({ default: '', desc: 'an outside PostgreSQL' }),
    AMQP_URL: str({ default: '', desc: 'RabbitMQ instead of the embedded bus' }),
  });
  return { ...settings, SIM_PORT: settings.SIM_PORT || settings.PORT + 1 };
}

/** The whole system as it will run on this machine. */
export function planFor(settings: SystemSettings, databaseUrl: string, environment: Environment): SystemPlan {
  const demo = settings.WATTLINE_MODE === 'demo';
  const secrets: Partial<Secrets> = demo ? demoSecrets(join(settings.WATTLINE_HOME, 'secrets.json')) : {};
  const { PORT } = settings;
  return {
    demo,
    databaseUrl,
    simPort: settings.SIM_PORT,
    ports: {
      gateway: PORT,
      billing: PORT + 2,
      wallet: PORT + 3,
      payment: PORT + 4,
      notification: PORT + 5,
      audit: PORT + 6,
    },
    environment: { ...secrets, ...withoutBlanks(environment) },
  };
}

/** A port that is taken is the usual reason why a start fails: say it plainly. */
export function explainStart(error: unknown): string {
  if (error instanceof WrongSettings || error instanceof DataFolderInUse) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : '';
    return `Port ${port} is in use by another program. Stop it, or start Wattline elsewhere: PORT=4000 npm start`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
