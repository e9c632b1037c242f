import { mainJob } from './main-job.js';
import { startOneProcess, startSixProcesses, type SystemUnderTest } from './system.js';

const amqpUrl = process.env.WATTLINE_TEST_AMQP;
const withBroker = amqpUrl ? test : test.skip;
/** The demo's meters and their test keys are what electricity is bought for. */
const WITH_METERS = { environment: { SEED_DEMO: 'true' } };
let world: SystemUnderTest | undefined;

afterEach(() => world?.stop());

test('the main job in one process on the embedded bus', async () => {
  world = await startOneProcess(WITH_METERS);
  await mainJob(world);
});

withBroker(
  'the main job in six processes on RabbitMQ',
  async () => {
    world = await startSixProcesses(amqpUrl!, WITH_METERS);
    await mainJob(world);
  },
  60_000,
);
