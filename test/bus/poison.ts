import { PaymentCompleted } from '#contracts';
import { FakeClock, newId, systemClock } from '#kernel';
import { DecideDeadLetter } from '#messaging';
import { until } from '#testing';
import type { ConformanceCase } from './conformance.js';
import { completed, type Plan } from './test-consumer.js';

const EVENT = PaymentCompleted.name;
const message = (members: object[]) => ({ routingKey: EVENT, body: JSON.stringify(members) });

/** What cannot be handled is dead alone, whatever stands beside it. */
export const POISON: ConformanceCase[] = [
  {
    name: 'one poison of each kind in a message of 200 is dead alone, and the others pass',
    async run(world) {
      await world.playPeers();
      await world.service();
      const events = Array.from({ length: 197 }, () => completed(systemClock));
      const poison = [
        { ...completed(systemClock), type: 'wattline.payment_completed.v99' },
        { ...completed(systemClock), data: { paymentId: 'none' } },
        { some: 'thing' },
      ];
      const members = [...events.slice(0, 100), ...poison, ...events.slice(100)];
      const door = await world.door();
      await door.publish(message(members));
      await door.publish({ routingKey: EVENT, body: '{"not json' });
      await until('four are dead', async () => (await world.inbox('dead')).length >= 4);
      await until('the others passed', async () => (await world.count()) >= 197);
      expect(await world.count()).toBe(197);
      expect((await world.inbox('dead')).every((row) => row.error.length > 0)).toBe(true);
    },
  },
  {
    name: 'an event that always throws is dead alone among 200, and retried after the repair it takes effect once',
    async run(world) {
      await world.playPeers();
      const clock = new FakeClock();
      const bad = completed(clock);
      const events = Array.from({ length: 199 }, () => completed(clock));
      const plan: Plan = new Map([[bad.data.paymentId, 'throw']]);
      const { parts } = await world.service({ plan, clock, twice: true });
      await (await world.door()).publish(message([...events.slice(0, 99), bad, ...events.slice(99)]));
      await until('199 have passed', async () => (await world.count()) === 199);
      for (let attempts = 1; attempts < 5; attempts++) {
        await until('it failed again', async () => (await world.inbox('retry'))[0]?.attempts === attempts);
        clock.advance(600_001);
      }
      const [dead] = await until('it is dead', async () => {
        const rows = await world.inbox('dead');
        return rows.length > 0 && rows;
      });
      expect(dead).toMatchObject({ event_id: bad.id, error: 'Error: this payment is not for us' });
      plan.clear();
      const decided = { id: newId(), by: newId(), attempts: dead!.attempts };
      const context = { correlationId: newId() };
      await new DecideDeadLetter(parts.requests).retry(bad.id, decided, context);
      await new DecideDeadLetter(parts.requests).retry(bad.id, decided, context);
      await until('it had its effect', async () => (await world.count()) === 200);
      expect([await world.inbox('dead'), await world.inbox('retry')]).toEqual([[], []]);
    },
  },
];
