// Builds first (tests start processes from dist/), then starts PostgreSQL and RabbitMQ for the run.
import { build } from './build.mjs';

export default async function start() {
  const { faults } = await build();
  for (const fault of faults) console.error(`does not compile: ${fault}`);
  const { default: setup } = await import('../dist/libs/testing/jest/global-setup.js');
  await setup();
}
