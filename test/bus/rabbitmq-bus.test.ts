import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { SUBSCRIPTIONS } from '#contracts';
import { systemClock } from '#kernel';
import { RabbitMqTransport } from '#messaging';
import { until } from '#testing';
import { removePrivateBroker, startPrivateBroker } from '../../libs/testing/broker/private-broker.js';
import { CONFORMANCE, type TestBus, uniquePrefix, World } from './conformance.js';
import { completed } from './test-consumer.js';

const url = process.env.WATTLINE_TEST_AMQP;
const withBroker = url ? describe : describe.skip;

function rabbitMq(at: string, prefix = uniquePrefix()): TestBus {
  return {
    open: () => new RabbitMqTransport({ url: at, prefix }),
    close: async () => {
      const connection = await connect(at);
      const channel = await connection.createChannel();
      for (const service of ['wallet', 'notification', 'audit', 'payment', 'billing']) {
        await channel.deleteQueue(`${prefix}.${service}`);
        await channel.deleteQueue(`${prefix}.${service}.dead`);
      }
      await channel.deleteExchange(`${prefix}.events`);
      await channel.deleteExchange(`${prefix}.dead`);
      await connection.close();
    },
  };
}

withBroker('RabbitMQ', () => {
  test.each(CONFORMANCE)('$name', async ({ run }) => {
    const world = await World.make(rabbitMq(url!));
    try {
      await run(world);
    } finally {
      await world.close();
    }
  });

  test('a queue that is missing is declared again before anything is published', async () => {
    const prefix = uniquePrefix();
    const world = await World.make(rabbitMq(url!, prefix));
    try {
      await world.door();
      const connection = await connect(url!);
      const channel = await connection.createChannel();
      await channel.deleteQueue(`${prefix}.billing`);
      await connection.close();
      await world.playPeers(['billing', 'wallet', 'notification', 'audit']);
      const door = await world.door();
      await door.publish({ routingKey: 'payment_completed', body: JSON.stringify([completed(systemClock)]) });
      const heard: string[] = [];
      await door.consume('billing', (delivery) => {
        heard.push(delivery.body);
        delivery.ack();
      });
      await until('billing has it', () => heard.length === 1);
    } finally {
      await world.close();
    }
  });

  test('after a restart of the broker, publishers and consumers come back and nothing confirmed is lost', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wattline-broker-'));
    const broker = await startPrivateBroker({ folder });
    const world = await World.make(rabbitMq(broker.url));
    try {
      await world.playPeers();
      await world.service();
      const door = await world.door();
      let overheard = 0;
      await door.listen(['payment_completed'], () => (overheard += 1));
      await door.publish({ routingKey: 'payment_completed', body: JSON.stringify([completed(systemClock)]) });
      await until('the first is counted', async () => (await world.count()) === 1);
      await broker.restart();
      const second = JSON.stringify([completed(systemClock)]);
      await until(
        'a publish is confirmed again',
        () =>
          door.publish({ routingKey: 'payment_completed', body: second }).then(
            () => true,
            () => false,
          ),
        30_000,
      );
      await until('the consumer is back', async () => (await world.count()) === 2, 30_000);
      await until(
        'the listener hears again',
        async () => {
          const body = JSON.stringify([completed(systemClock)]);
          await door.publish({ routingKey: 'payment_completed', body }).catch(() => undefined);
          return overheard >= 2;
        },
        30_000,
      );
    } finally {
      await world.close();
      await broker.stop();
      await removePrivateBroker(folder);
    }
  }, 120_000);
});

test('the topology names every service that consumes', () => {
  expect(new Set(Object.values(SUBSCRIPTIONS).flat())).toEqual(
    new Set(['wallet', 'notification', 'audit', 'payment', 'billing']),
  );
});
