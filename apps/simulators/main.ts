import { readCallbackHosts, startSimulators } from './index.js';

const PORT = 3001;
/** Known to everybody: a simulator guards nothing. */
const DEMO_ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const DEMO_AUTH_TOKEN = 'wattline-demo-token';

const { env } = process;

async function main(): Promise<void> {
  const port = Number(env['SIM_PORT'] ?? PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('SIM_PORT is no port number.');
  const simulators = await startSimulators({
    port,
    host: env['SIM_HOST'] ?? '127.0.0.1',
    twilio: {
      accountSid: env['TWILIO_ACCOUNT_SID'] ?? DEMO_ACCOUNT_SID,
      authToken: env['TWILIO_AUTH_TOKEN'] ?? DEMO_AUTH_TOKEN,
      callbacks: env['SIM_CALLBACKS'] !== 'off',
      ...(env['SIM_INCOMING_URL'] && { incomingUrl: env['SIM_INCOMING_URL'] }),
      callbackHosts: readCallbackHosts(env['SIM_CALLBACK_HOSTS'] ?? ''),
    },
    log: (line) => console.log(line),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulators.close().then(() => process.exit(0)));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
