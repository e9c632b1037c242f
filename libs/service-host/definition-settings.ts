import type { ServiceDefinition } from './run-service.js';
import { type BaseSettings, type Environment, readSettings, WrongSettings } from './settings.js';

type WithSettings<S extends BaseSettings> = Pick<ServiceDefinition<S>, 'settings' | 'refuse'>;

/** Stands in every secret and password that is written down for the demo, so that none of them gets further. */
const DEMO_VALUE = 'wattline-demo';

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
  faults.push(...demoValuesIn(settings, faults));
  if (faults.length > 0) throw new WrongSettings(faults);
  return settings;
}

/** In production: a fault for each setting that holds a value of the demo and is not told of already. */
function demoValuesIn(settings: BaseSettings, told: readonly string[]): string[] {
  if (settings.WATTLINE_MODE !== 'production') return [];
  return Object.entries(settings)
    .filter(
      ([name, value]) => String(value).includes(DEMO_VALUE) && !told.some((it) => it.startsWith(`${name}:`)),
    )
    .map(([name]) => `${name}: holds a value of the demo`);
}
