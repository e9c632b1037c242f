import { SUBSCRIPTIONS } from '#contracts';
import { EmbeddedBus } from '#messaging';
import { CONFORMANCE, type TestBus, World } from './conformance.js';

export function embeddedBus(): TestBus {
  const bus = new EmbeddedBus(SUBSCRIPTIONS);
  return { open: () => bus.transport(), close: () => Promise.resolve() };
}

describe('the embedded bus', () => {
  test.each(CONFORMANCE)('$name', async ({ run }) => {
    const world = await World.make(embeddedBus());
    try {
      await run(world);
    } finally {
      await world.close();
    }
  });

  test('a publish is confirmed only when every subscribed service has acknowledged', async () => {
    const world = await World.make(embeddedBus());
    try {
      await world.playPeers();
      const door = await world.door();
      let acknowledge: (() => void) | undefined;
      await door.consume('billing', (delivery) => (acknowledge = () => delivery.ack()));
      let confirmed = false;
      const publishing = door
        .publish({ routingKey: 'payment_completed', body: '[]' })
        .then(() => (confirmed = true));
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      expect([acknowledge !== undefined, confirmed]).toEqual([true, false]);
      acknowledge!();
      await publishing;
    } finally {
      await world.close();
    }
  });
});
