import { auditService } from '#audit';
import { billingService } from '#billing';
import { SERVICES, type ServiceName } from '#contracts';
import { gatewayService } from '#gateway';
import { notificationService } from '#notification';
import { paymentService } from '#payment';
import {
  type BaseSettings,
  type Environment,
  type RunningService,
  type RunOptions,
  runService,
  type ServiceDefinition,
  settingsOf,
  WrongSettings,
} from '#service-host';
import { walletService } from '#wallet';

interface Known {
  settingNames: string[];
  check: (environment: Environment) => void;
  start: (options: RunOptions) => Promise<RunningService>;
}

/** The six services, by name. */
const KNOWN: Record<ServiceName, Known> = {
  audit: known(auditService),
  notification: known(notificationService),
  wallet: known(walletService),
  billing: known(billingService),
  payment: known(paymentService),
  gateway: known(gatewayService),
};

function known<S extends BaseSettings>(definition: ServiceDefinition<S>): Known {
  return {
    settingNames: Object.keys(definition.settings),
    check: (environment) => void settingsOf(definition, environment),
    start: (options) => runService(definition, options),
  };
}

export function startService(name: ServiceName, options: RunOptions): Promise<RunningService> {
  return KNOWN[name].start(options);
}

/** What a service is told: its own settings, and so no secret of another one. */
export function ownSettings(name: ServiceName, environment: Environment): Environment {
  const entries = KNOWN[name].settingNames.map((setting) => [setting, environment[setting]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Throws `WrongSettings` with what is wrong anywhere, before anything is started. */
export function checkSettings(environments: Record<ServiceName, Environment>): void {
  const faults = new Set<string>();
  for (const name of SERVICES) {
    try {
      KNOWN[name].check(environments[name]);
    } catch (error) {
      if (!(error instanceof WrongSettings)) throw error;
      for (const fault of error.faults) faults.add(fault);
    }
  }
  if (faults.size > 0) throw new WrongSettings([...faults]);
}
