import { SERVICES, type ServiceName, SUBSCRIPTIONS } from '#contracts';
import type { Clock } from '#kernel';
import { EmbeddedBus, type Transport } from '#messaging';
import type { RunningService } from '#service-host';
import { type Simulators, startSimulators } from '#simulators';
import { checkSettings, startService } from './service-definitions.js';
import { DEMO_TWILIO, environmentsFor, type SystemPlan } from './service-environments.js';

export interface SystemOptions {
  clock?: Clock;
  /** Wraps each service's door to the bus; tests deliver everything twice. */
  wrap?: (transport: Transport) => Transport;
  /** Delivery reports of the SMS simulator; the benchmark goes without. */
  callbacks?: boolean;
}

export interface RunningSystem {
  url: string;
  services: Record<ServiceName, RunningService>;
  simulators: Simulators | undefined;
  close(): Promise<void>;
}

/** The whole system: all services and the simulators in this process, on RabbitMQ when AMQP_URL is set, else on the embedded bus. */
export async function startSystem(plan: SystemPlan, options: SystemOptions = {}): Promise<RunningSystem> {
  const environments = environmentsFor(plan);
  checkSettings(environments);
  const bus = plan.environment.AMQP_URL ? undefined : new EmbeddedBus(SUBSCRIPTIONS);
  const started: { close(): Promise<unknown> }[] = [];
  const services: Partial<Record<ServiceName, RunningService>> = {};
  const close = async () => {
    for (const part of started.splice(0).reverse()) await part.close();
  };
  try {
    const simulators = plan.demo ? await simulatorsFor(plan, options) : undefined;
    if (simulators) started.push(simulators);
    for (const name of SERVICES) {
      const door = bus?.transport();
      const service = await startService(name, {
        environment: environments[name],
        transport: door && options.wrap ? options.wrap(door) : door,
        clock: options.clock,
      });
      services[name] = service;
      started.push(service);
    }
    const all = services as Record<ServiceName, RunningService>;
    return { url: all.gateway.url, services: all, simulators, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export function simulatorsFor(plan: SystemPlan, { callbacks }: SystemOptions = {}): Promise<Simulators> {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = DEMO_TWILIO;
  const incomingUrl = environmentsFor(plan).notification.TWILIO_STATUS_CALLBACK_URL;
  return startSimulators({
    port: plan.simPort,
    twilio: { accountSid, authToken, callbacks, ...(incomingUrl && { incomingUrl }) },
  });
}
