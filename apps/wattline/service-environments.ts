import { SERVICES, type ServiceName } from '#contracts';
import type { Environment } from '#service-host';

/** Where everything is, before anything is started. */
export interface SystemPlan {
  demo: boolean;
  databaseUrl: string;
  simPort: number;
  ports: Record<ServiceName, number>;
  /** Passed on to every service: secrets, modes, tuning. */
  environment: Environment;
}

/** The demo's account at the SMS simulator; the notification service refuses it in production. */
export const DEMO_TWILIO = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'wattline-demo-token',
  TWILIO_FROM: '+15005550006',
};

/** The environment of each service: what was given, and where the others are. */
export function environmentsFor(plan: SystemPlan): Record<ServiceName, Environment> {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const urls = Object.fromEntries(
    SERVICES.map((name) => [`${name.toUpperCase()}_URL`, at(plan.ports[name])]),
  );
  const simulators = {
    ...DEMO_TWILIO,
    SIM_URL: at(plan.simPort),
    TWILIO_API_BASE_URL: `${at(plan.simPort)}/twilio`,
    METER_READINGS_URL: `${at(plan.simPort)}/meters`,
    METER_READINGS_EVERY_MS: '5000',
    TWILIO_STATUS_CALLBACK_URL: `${at(plan.ports.gateway)}/api/webhooks/twilio`,
    SEED_DEMO: 'true',
  };
  const shared = {
    AWAIT_SERVICES: 'true',
    ...(plan.demo && simulators),
    ...plan.environment,
    ...urls,
    DATABASE_URL: plan.databaseUrl,
  };
  const entries = SERVICES.map((name) => [
    name,
    {
      ...shared,
      PORT: String(plan.ports[name]),
      // Only the gateway is for the outside.
      HOST: name === 'gateway' ? (plan.environment.HOST ?? '127.0.0.1') : '127.0.0.1',
    },
  ]);
  return Object.fromEntries(entries) as Record<ServiceName, Environment>;
}
