import { PaymentCompleted } from '#contracts';
import { systemClock } from '#kernel';
import { until } from '#testing';
import type { ConformanceCase } from './conformance.js';
import { completed } from './test-consumer.js';

const EVENT = PaymentCompleted.name;
const message = () => ({ routingKey: EVENT, body: JSON.stringify([completed(systemClock)]) });

/** What every bus does for those who only listen. */
export const BROADCAST: ConformanceCase[] = [
  {
    name: 'a broadcast reaches every listener, beside the services, and only of what it listens to',
    async run(world) {
      await world.playPeers([]);
      const heard: [string[], string[]] = [[], []];
      const doors = [await world.door(), await world.door()];
      for (const [i, door] of doors.entries()) {
        await door.listen([EVENT], ({ routingKey, body }) => heard[i]!.push(`${routingKey} ${body}`));
      }
      const publisher = await world.door();
      const other = JSON.stringify([completed(systemClock)]);
      await publisher.publish({ routingKey: 'bill_created', body: other });
      const messages = Array.from({ length: 20 }, message);
      for (const each of messages) await publisher.publish(each);
      const expected = messages.map(({ routingKey, body }) => `${routingKey} ${body}`);
      await until('both have heard all', () => heard.every((it) => it.length >= expected.length));
      expect(heard).toEqual([expected, expected]);
    },
  },
  {
    name: 'a listener that is slow, stopped or gone holds nobody up, and hears nothing more',
    async run(world) {
      await world.playPeers([]);
      const heard: string[] = [];
      const [door, leaving, publisher] = [await world.door(), await world.door(), await world.door()];
      const stopped = await door.listen([EVENT], () => heard.push('stopped'));
      await leaving.listen([EVENT], () => heard.push('gone'));
      await publisher.publish(message());
      await until('both have heard it', () => heard.length === 2);
      await stopped.stop();
      await leaving.close();
      const last = await world.door();
      await last.listen([EVENT], () => heard.push('last'));
      await publisher.publish(message());
      await until('the last has heard it', () => heard.includes('last'));
      expect(heard.sort()).toEqual(['gone', 'last', 'stopped']);
    },
  },
];
