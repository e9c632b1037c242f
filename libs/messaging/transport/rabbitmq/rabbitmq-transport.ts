import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
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
import { type Listening, startListening } from './broadcast.js';
import { BrokerLink } from './broker-link.js';
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

const CONFIRM_TIMEOUT_MILLIS = 10_000;

/**
 * RabbitMQ: one connection for publishing and one for consuming, so that a publisher which the broker
 * blocks cannot hold back acknowledgements. Both come back by themselves, also when the broker is away at the
 * start: a service then takes requests, and its events wait in the outbox.
 */
export class RabbitMqTransport implements Transport {
  private readonly names: Names;
  private readonly subscriptions: Subscriptions;
  private readonly consumptions: Consumption[] = [];
  private readonly listenings: Listening[] = [];
  private readonly returned = new Set<string>();
  private readonly publisher: BrokerLink<ConfirmChannel>;
  private readonly consumer: BrokerLink<Channel>;
  private closing = false;
  private lastMessageId = 0;

  constructor(private readonly options: RabbitMqOptions) {
    this.names = namesFor(options.prefix ?? 'wattline');
    this.subscriptions = options.subscriptions ?? SUBSCRIPTIONS;
    const { url } = options;
    const onProblem = (text: string, error?: unknown) => this.problem(text, error);
    this.publisher = new BrokerLink({
      url,
      role: 'publisher',
      open: (it) => this.openPublisher(it),
      onProblem,
    });
    this.consumer = new BrokerLink({ url, role: 'consumer', open: (it) => this.openConsumer(it), onProblem });
  }

  get connected(): boolean {
    return this.publisher.usable && this.consumer.channel !== undefined;
  }

  async start(): Promise<void> {
    await this.publisher.start();
    await this.consumer.start();
  }

  async publish(message: BusMessage): Promise<void> {
    const { channel } = this.publisher;
    if (!channel) throw new NotConfirmed('RabbitMQ is away');
    // What is written now would wait in this process, and the outbox keeps it better.
    if (!this.publisher.usable) throw new NotConfirmed('RabbitMQ takes nothing at the moment');
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
    const { channel } = this.consumer;
    // What fails here closes the channel, and the next one starts it.
    if (channel)
      await this.startConsumption(channel, consumption).catch((error: unknown) =>
        this.problem(`${service} is not consumed yet`, error),
      );
    return {
      stop: async () => {
        consumption.stopped = true;
        const { channel } = this.consumer;
        if (channel && consumption.tag) await channel.cancel(consumption.tag).catch(() => undefined);
      },
    };
  }

  async listen(
    routingKeys: readonly string[],
    onMessage: (message: BusMessage) => void,
  ): Promise<Subscription> {
    const listening: Listening = { routingKeys, onMessage, stopped: false };
    this.listenings.push(listening);
    const { connection } = this.consumer;
    if (connection) await startListening(connection, this.names.exchange, listening);
    return {
      stop: async () => {
        listening.stopped = true;
        await listening.channel?.close().catch(() => undefined); // its queue goes with it
      },
    };
  }

  async depth(service: ServiceName): Promise<number | null> {
    const { channel } = this.consumer;
    if (!channel) return null;
    const { messageCount } = await channel.checkQueue(this.names.queue(service));
    return messageCount;
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.consumer.close();
    await this.publisher.close();
  }

  private async openPublisher(connection: ChannelModel): Promise<ConfirmChannel> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', (error) => this.problem('publishing channel failed', error));
    channel.on('return', (message: ConsumeMessage) => {
      const { messageId } = message.properties as { messageId: string };
      this.returned.add(messageId);
      this.problem(`${message.fields.routingKey} was returned: no queue is bound to it`);
    });
    await declareTopology(channel, this.names, this.subscriptions);
    return channel;
  }

  private async openConsumer(connection: ChannelModel): Promise<Channel> {
    const channel = await connection.createChannel();
    channel.on('error', (error) => this.problem('consuming channel failed', error));
    await declareTopology(channel, this.names, this.subscriptions); // the publisher may still be trying
    await channel.prefetch(this.options.prefetch ?? 64);
    for (const consumption of this.consumptions) {
      if (!consumption.stopped) await this.startConsumption(channel, consumption);
    }
    for (const listening of this.listenings) {
      if (!listening.stopped) await startListening(connection, this.names.exchange, listening);
    }
    return channel;
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
