import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { systemClock } from '#kernel';
import { type BusMessage, NotConfirmed, RabbitMqTransport } from '#messaging';
import { until } from '#testing';
import {
  type PrivateBroker,
  removePrivateBroker,
  startPrivateBroker,
} from '../../libs/testing/broker/private-broker.js';
import { TcpProxy } from '../procs/tcp-proxy.js';
import { uniquePrefix } from './conformance.js';
import { completed } from './test-consumer.js';

const withBroker = process.env.WATTLINE_TEST_AMQP_CTL?.includes('nodeName') ? describe : describe.skip;

const message = (): BusMessage => ({
  routingKey: 'payment_completed',
  body: JSON.stringify([completed(systemClock)]),
});

const confirmed = (door: RabbitMqTransport) => () =>
  door.publish(message()).then(
    () => true,
    () => false,
  );

withBroker('RabbitMQ that is away, broken or full', () => {
  let folder: string;
  let broker: PrivateBroker;
  let way: TcpProxy;
  const doors: RabbitMqTransport[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wattline-broker-'));
    broker = await startPrivateBroker({ folder });
  }, 60_000);
  beforeEach(async () => {
    way = await TcpProxy.to(broker.info.port);
  });
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
    await way.close();
  }, 10_000);
  afterAll(async () => {
    await broker.stop();
    await removePrivateBroker(folder);
  }, 60_000);

  function open(prefix = uniquePrefix(), port = way.port, more = ''): RabbitMqTransport {
    const url = Object.assign(new URL(broker.url), { port: String(port) }).toString();
    const door = new RabbitMqTransport({ url: url + more, prefix });
    doors.push(door);
    return door;
  }

  test('a service starts without it, and uses it once it is there', async () => {
    const { port } = way;
    await way.close();
    const door = open(uniquePrefix(), port);
    await door.start();
    expect(door.connected).toBe(false);
    const heard: string[] = [];
    await door.consume('billing', (delivery) => {
      heard.push(delivery.body);
      delivery.ack();
    });
    await expect(door.publish(message())).rejects.toThrow(NotConfirmed);
    way = await TcpProxy.to(broker.info.port, port);
    await until('a publish is confirmed', confirmed(door));
    await until('it is delivered', () => heard.length > 0);
  });

  test('when it cannot be declared what is needed, attempts follow each other and leave nothing open', async () => {
    const prefix = uniquePrefix();
    const door = open(prefix);
    await door.start();
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.deleteQueue(`${prefix}.audit`);
    await channel.assertQueue(`${prefix}.audit`); // as somebody else's, with other properties
    way.reset();
    let most = 0;
    for (let turn = 0; turn < 40; turn++) {
      most = Math.max(most, way.connections);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(most).toBeLessThanOrEqual(4);
    await channel.deleteQueue(`${prefix}.audit`);
    await connection.close();
    await until('a publish is confirmed', confirmed(door));
    await until('nothing is left of the attempts', () => way.connections === 2);
  }, 30_000);

  test('while it has no memory left, nothing is sent that would pile up in this process', async () => {
    const door = open();
    await door.start();
    await door.publish(message());
    broker.ctl('set_vm_memory_high_watermark', 'absolute', '1000000');
    try {
      await until('it says so', async () => {
        await door.publish(message()).catch(() => undefined);
        return !door.connected;
      });
      const started = performance.now();
      await expect(door.publish(message())).rejects.toThrow(NotConfirmed);
      expect(performance.now() - started).toBeLessThan(1_000);
    } finally {
      broker.ctl('set_vm_memory_high_watermark', 'absolute', '1000000000');
    }
    await until('a publish is confirmed', confirmed(door));
    expect(door.connected).toBe(true);
  }, 30_000);

  test('connections that say nothing any more are noticed', async () => {
    const usual = open();
    await usual.start();
    // Half a minute at most; RabbitMQ's own 60 s would make it two.
    expect(broker.ctl('list_connections', '--silent', 'timeout').trim().split(/\s+/)).toEqual(['10', '10']);
    await usual.close();
    await until('it is gone', () => way.connections === 0);
    const door = open(uniquePrefix(), way.port, '?heartbeat=2');
    await door.start();
    await until('both are there', () => way.connections === 2);
    way.halfOpen();
    await until('a publish is confirmed', confirmed(door));
    way.endSilent();
  }, 30_000);

  test('a channel that the broker closes comes back, and what was not confirmed is said so at once', async () => {
    const door = open();
    await door.start();
    const heard: string[] = [];
    await door.consume('billing', (delivery) => {
      heard.push(delivery.body);
      if (heard.length === 1) delivery.ack();
      delivery.ack(); // the second ack of one delivery is PRECONDITION_FAILED
    });
    await door.publish(message());
    await until('the first was heard', () => heard.length > 0);
    await until('the next is heard', async () => {
      await door.publish(message()).catch(() => undefined);
      return heard.length > 2;
    });
  });
});
