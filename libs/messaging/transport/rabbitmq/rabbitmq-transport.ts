import { type ConfirmChannel, type Channel, type ChannelModel, connect, type ConsumeMessage } from 'amqplib';
import { type ServiceName, type Subscriptions, SUBSCRIPTIONS } from '#contracts';
import { crashPointAfterWriting } from '#persistence';
import {
  type BusMessage,
  type Delivery,
  NotConfirmed,
  type Subscription,
  type Transport,
  Unroutable,
} from '../transport.port.js';
import { declareTopology, type Names, namesFor } from './topology.js';

export interface RabbitMqOptions {
  url: string;
  /** Prefix of every exchange and queue. */
  prefix?: string;
  subscriptions?: Subscriptions;
  /** Messages that this process may hold unacknowledged; each packs many events. */
  prefetch?: number;
  onProblem?: (text: string, error?: unknown) => void;
}

interface Consumption {
  service: ServiceName;
  onDelivery: (delivery: Delivery) => void;
  tag?: string;
  stopped: boolean;
}

const RECONNECT_MILLIS = [100, 250, 500, 1000, 2000];
const CONFIRM_TIMEOUT_MILLIS = 10_000;

/**
 * RabbitMQ: one connection for publishing and one for consuming, so that a publisher which the broker
 * blocks cannot hold back acknowledgements. Both come back by themselves.
 */
export class RabbitMqTransport implements Transport {
  private readonly names: Names;
  private readonly subscriptions: Subscriptions;
  private readonly consumptions: Consumption[] = [];
  private readonly returned = new Set<string>();
  private publisher: { connection: ChannelModel; channel: ConfirmChannel } | undefined;
  private consumer: { connection: ChannelModel; channel: Channel } | undefined;
  private closing = false;
  private lastMessageId = 0;

  constructor(private readonly options: RabbitMqOptions) {
    this.names = namesFor(options.prefix ?? 'wattline');
    this.subscriptions = options.subscriptions ?? SUBSCRIPTIONS;
  }

  get connected(): boolean {
    return this.publisher !== undefined && this.consumer !== undefined;
  }

  async start(): Promise<void> {
    await this.openPublisher();
    await this.openConsumer();
  }

  async publish(message: BusMessage): Promise<void> {
    const channel = this.publisher?.channel;
    if (!channel) throw new NotConfirmed('RabbitMQ is away');
    const messageId = String(++this.lastMessageId);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new NotConfirmed('no answer in time')), CONFIRM_TIMEOUT_MILLIS);
      channel.publish(
        this.names.exchange,
        message.routingKey,
        Buffer.from(message.body),
        { persistent: true, mandatory: true, messageId, contentType: 'application/cloudevents-batch+json' },
        (error: unknown) => {
          clearTimeout(timer);
          if (error) reject(new NotConfirmed(error instanceof Error ? error.message : 'nack'));
          else resolve();
        },
      );
      crashPointAfterWriting('after-publish-before-confirm');
    });
    // The broker confirms an unroutable message too; its return arrives before the confirm.
    if (this.returned.delete(messageId)) throw new Unroutable(message.routingKey);
  }

  async consume(service: ServiceName, onDelivery: (delivery: Delivery) => void): Promise<Subscription> {
    const consumption: Consumption = { service, onDelivery, stopped: false };
    this.consumptions.push(consumption);
    if (this.consumer) await this.startConsumption(this.consumer.channel, consumption);
    return {
      stop: async () => {
        consumption.stopped = true;
        const channel = this.consumer?.channel;
        if (channel && consumption.tag) await channel.cancel(consumption.tag).catch(() => undefined);
      },
    };
  }

  async depth(service: ServiceName): Promise<number | null> {
    const channel = this.consumer?.channel;
    if (!channel) return null;
    const { messageCount } = await channel.checkQueue(this.names.queue(service));
    return messageCount;
  }

  async close(): Promise<void> {
    this.closing = true;
    const open = [this.consumer?.connection, this.publisher?.connection];
    this.consumer = undefined;
    this.publisher = undefined;
    for (const connection of open) await connection?.close().catch(() => undefined); // gone already is closed too
  }

  private async openPublisher(): Promise<void> {
    const connection = await this.connect('publisher', () => (this.publisher = undefined));
    const channel = await connection.createConfirmChannel();
    channel.on('error', (error) => this.problem('publishing channel failed', error));
    channel.on('close', () => void connection.close().catch(() => undefined));
    channel.on('return', (message: ConsumeMessage) => {
      const { messageId } = message.properties as { messageId: string };
      this.returned.add(messageId);
      this.problem(`${message.fields.routingKey} was returned: no queue is bound to it`);
    });
    await declareTopology(channel, this.names, this.subscriptions);
    this.publisher = { connection, channel };
  }

  private async openConsumer(): Promise<void> {
    const connection = await this.connect('consumer', () => (this.consumer = undefined));
    const channel = await connection.createChannel();
    channel.on('error', (error) => this.problem('consuming channel failed', error));
    channel.on('close', () => void connection.close().catch(() => undefined));
    await channel.prefetch(this.options.prefetch ?? 64);
    this.consumer = { connection, channel };
    for (const consumption of this.consumptions) {
      if (!consumption.stopped) await this.startConsumption(channel, consumption);
    }
  }

  private async connect(role: 'publisher' | 'consumer', forget: () => void): Promise<ChannelModel> {
    const connection = await connect(this.options.url, {
      noDelay: true,
      timeout: 5000,
      clientProperties: { connection_name: `wattline ${role} ${process.pid}` },
    });
    connection.on('error', (error) => this.problem(`connection of the ${role} failed`, error));
    connection.on('close', () => {
      forget();
      if (!this.closing) void this.reopen(role);
    });
    return connection;
  }

  private async reopen(role: 'publisher' | 'consumer'): Promise<void> {
    for (let tries = 0; !this.closing; tries++) {
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MILLIS[tries] ?? RECONNECT_MILLIS.at(-1)));
      try {
        if (role === 'publisher') await this.openPublisher();
        else await this.openConsumer();
        if (this.closing) await this.close();
        return;
      } catch (error) {
        this.problem(`cannot reach RabbitMQ for the ${role} yet`, error);
      }
    }
  }

  private async startConsumption(channel: Channel, consumption: Consumption): Promise<void> {
    const queue = this.names.queue(consumption.service);
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (!message) {
        this.problem(`${queue} was deleted under its consumer`);
        channel.close().catch(() => undefined); // reopening declares it again
        return;
      }
      consumption.onDelivery({
        body: message.content.toString('utf8'),
        // On a channel that is gone the broker delivers again by itself; the inbox knows the events.
        ack: () => ignoreClosed(() => channel.ack(message)),
        requeue: () => ignoreClosed(() => channel.nack(message, false, true)),
      });
    });
    consumption.tag = consumerTag;
  }

  private problem(text: string, error?: unknown): void {
    if (!this.closing) this.options.onProblem?.(text, error);
  }
}

function ignoreClosed(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'IllegalOperationError')) throw error;
  }
}
