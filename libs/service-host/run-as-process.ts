import { runService, type ServiceDefinition } from './run-service.js';
import { type BaseSettings, WrongSettings } from './settings.js';

/** For the `main.ts` of a service that runs as its own process: stops on SIGTERM and SIGINT, drained. */
export async function runAsProcess<S extends BaseSettings>(definition: ServiceDefinition<S>): Promise<void> {
  try {
    const service = await runService(definition, { environment: process.env });
    let closing = false;
    const stop = () => {
      if (closing) return;
      closing = true;
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          service.parts.log.fatal({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  } catch (error) {
    process.stderr.write(
      `${error instanceof WrongSettings ? error.message : String((error as Error).stack)}\n`,
    );
    process.exit(1);
  }
}
