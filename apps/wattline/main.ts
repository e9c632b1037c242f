import './load-env.js';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#persistence';
import { withoutBlanks } from '#service-host';
import { startSystem } from './start-system.js';
import { explainStart, planFor, readSystemSettings } from './system-settings.js';
import { stopOnSignals } from './stop-on-signals.js';
import { welcome } from './welcome.js';

// `npm start`: PostgreSQL, six services, the simulators and the web edge in one process.
let postgres: EmbeddedPostgres | undefined;
try {
  const settings = readSystemSettings(process.env);
  if (!settings.DATABASE_URL)
    postgres = await startEmbeddedPostgres({ folder: join(settings.WATTLINE_HOME, 'postgres') });
  const environment = { LOG_LEVEL: 'warn', ...withoutBlanks(process.env) };
  const plan = planFor(settings, settings.DATABASE_URL || postgres!.url, environment);
  const system = await startSystem(plan);
  stopOnSignals(async () => {
    await system.close();
    await postgres?.stop();
  });
  console.log(welcome(plan));
} catch (error) {
  console.error(explainStart(error));
  await postgres?.stop();
  process.exit(1);
}
