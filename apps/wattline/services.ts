import './load-env.js';
import { WrongSettings } from '#service-host';
import { startProcesses } from './start-processes.js';
import { simulatorsFor } from './start-system.js';
import { explainStart, planFor, readSystemSettings } from './system-settings.js';
import { stopOnSignals } from './stop-on-signals.js';
import { welcome } from './welcome.js';

// `npm run start:services`: six processes on an outside RabbitMQ and PostgreSQL.
try {
  const settings = readSystemSettings(process.env);
  const missing = (['AMQP_URL', 'DATABASE_URL'] as const).filter((name) => !settings[name]);
  if (missing.length > 0)
    throw new WrongSettings(missing.map((name) => `${name}: is needed by processes of their own`));
  const plan = planFor(settings, settings.DATABASE_URL, { ...process.env });
  const simulators = plan.demo ? await simulatorsFor(plan) : undefined;
  const running = await startProcesses(plan);
  let stopping = false;
  stopOnSignals(async () => {
    stopping = true;
    await running.close();
    await simulators?.close();
  });
  void running.anyEnded.then((name) => {
    if (!stopping) console.error(`The ${name} service has ended; the others go on.`);
  });
  console.log(welcome(plan));
} catch (error) {
  console.error(explainStart(error));
  process.exit(1);
}
