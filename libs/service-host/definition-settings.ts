import type { ServiceDefinition } from './run-service.js';
import { type BaseSettings, type Environment, readSettings, WrongSettings } from './settings.js';

type WithSettings<S extends BaseSettings> = Pick<ServiceDefinition<S>, 'settings' | 'refuse'>;

/** The service's settings, as it may start with them. Throws `WrongSettings` with every fault. */
export function settingsOf<S extends BaseSettings>(definition: WithSettings<S>, environment: Environment): S {
  const settings = readSettings<S>(environment, definition.settings);
  const faults = definition.refuse?.(settings) ?? [];
  if (settings.SEED_DEMO && settings.WATTLINE_MODE === 'production') {
    faults.push('SEED_DEMO: there is no demo in production');
  }
  if (settings.WATTLINE_CRASH_POINT && settings.WATTLINE_MODE === 'production') {
    faults.push('WATTLINE_CRASH_POINT: is for tests');
  }
  if (faults.length > 0) throw new WrongSettings(faults);
  return settings;
}
