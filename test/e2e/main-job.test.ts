import { mainJob } from './main-job.js';
import { startOneProcess, startSixProcesses, type SystemUnderTest } from './system.js';

const amqpUrl = process.env.WATTLINE_TEST_AMQP;
const withBroker = amqpUrl ? test : test.skip;
let world: SystemUnderTest | undefined;

afterEach(() => world?.stop());

test('the main job in one process on the embedded bus', async () => {
  world = await startOneProcess();
  await mainJob(world);
});

withBroker(
  'the main job in six processes on RabbitMQ',
  async () => {
    world = await startSixProcesses(amqpUrl!);
    await mainJob(world);
  },
  60_000,
);
