import { SUBSCRIPTIONS } from '#contracts';
import { EmbeddedBus } from '#messaging';
import { type Bug, CONFORMANCE, World } from './conformance.js';

/** Which case has to fail when a mistake is planted. */
const PLANTED: [Bug, string][] = [
  ['no inbox', 'a duplicate has no second effect'],
  [
    'early ack',
    'a message is acknowledged after the commit, so an instance that dies before it loses nothing',
  ],
  ['swallowed throw', 'what a handler throws rolls its effect back and is tried again later'],
];

test.each(PLANTED)('the suite catches a planted bug: %s', async (bug, name) => {
  const { run } = CONFORMANCE.find((it) => it.name === name)!;
  const bus = new EmbeddedBus(SUBSCRIPTIONS);
  const world = await World.make({ open: () => bus.transport(), close: () => Promise.resolve() }, bug);
  try {
    await expect(run(world)).rejects.toThrow();
  } finally {
    await world.close();
  }
});
