import type { ServiceName, Subscriptions } from '#contracts';
import {
  type BusMessage,
  type Delivery,
  NotConfirmed,
  type Subscription,
  type Transport,
  Unroutable,
} from '../transport.port.js';

interface Waiting {
  body: string;
  stored: () => void;
  lost: (error: Error) => void;
}

interface Consumer {
  onDelivery: (delivery: Delivery) => void;
  unanswered: Map<number, Waiting>;
}

interface Listener {
  routingKeys: ReadonlySet<string>;
  onMessage: (message: BusMessage) => void;
}

interface Queue {
  waiting: Waiting[];
  consumers: Consumer[];
  next: number;
  scheduled: boolean;
}

/** Messages that one consumer may hold unanswered, as RabbitMQ's prefetch. */
const PREFETCH = 64;

/**
 * The bus of a system that runs in one process. A publish is confirmed when every subscribed service has
 * acknowledged, that is, has committed; until then the outbox rows count as unpublished, so a crash resumes
 * from the outbox and nothing needs a queue on disk. Deliveries happen on a later tick, as text.
 */
export class EmbeddedBus {
  private readonly queues = new Map<ServiceName, Queue>();
  private readonly listeners = new Set<Listener>();
  private lastTag = 0;

  constructor(readonly subscriptions: Subscriptions) {
    for (const services of Object.values(subscriptions)) {
      for (const service of services) {
        if (!this.queues.has(service)) {
          this.queues.set(service, { waiting: [], consumers: [], next: 0, scheduled: false });
        }
      }
    }
  }

  /** A service's own door to the bus. */
  transport(): Transport {
    return new EmbeddedTransport(this);
  }

  publish(message: BusMessage): Promise<void> {
    const services = this.subscriptions[message.routingKey] ?? [];
    if (services.length === 0) return Promise.reject(new Unroutable(message.routingKey));
    for (const listener of this.listeners) {
      if (listener.routingKeys.has(message.routingKey)) setImmediate(() => this.tell(listener, message));
    }
    const stored = services.map(
      (service) =>
        new Promise<void>((resolve, reject) => {
          const queue = this.queue(service);
          queue.waiting.push({ body: message.body, stored: resolve, lost: reject });
          this.schedule(queue);
        }),
    );
    return Promise.all(stored).then(() => undefined);
  }

  subscribe(service: ServiceName, consumer: Consumer): () => void {
    const queue = this.queue(service);
    queue.consumers.push(consumer);
    this.schedule(queue);
    return () => {
      queue.consumers = queue.consumers.filter((other) => other !== consumer);
    };
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Puts what a consumer has not answered back to the front, for the next consumer. */
  giveBack(service: ServiceName, consumer: Consumer): void {
    const queue = this.queue(service);
    queue.waiting.unshift(...consumer.unanswered.values());
    consumer.unanswered.clear();
    this.schedule(queue);
  }

  /** Nobody will consume here any more: whoever waits for a confirmation is told that it did not come. */
  abandon(service: ServiceName): void {
    const queue = this.queue(service);
    if (queue.consumers.length > 0) return;
    for (const waiting of queue.waiting.splice(0)) waiting.lost(new NotConfirmed(`${service} was closed`));
  }

  depth(service: ServiceName): number {
    return this.queue(service).waiting.length;
  }

  private tell(listener: Listener, { routingKey, body }: BusMessage): void {
    if (this.listeners.has(listener)) listener.onMessage({ routingKey, body });
  }

  private queue(service: ServiceName): Queue {
    const queue = this.queues.get(service);
    if (!queue) throw new Error(`${service} is subscribed to no event`);
    return queue;
  }

  private schedule(queue: Queue): void {
    if (queue.scheduled) return;
    queue.scheduled = true;
    setImmediate(() => {
      queue.scheduled = false;
      this.deliver(queue);
    });
  }

  private deliver(queue: Queue): void {
    while (queue.waiting.length > 0) {
      const consumer = nextFree(queue);
      if (!consumer) return;
      this.handOver(queue, consumer, queue.waiting.shift()!);
    }
  }

  private handOver(queue: Queue, consumer: Consumer, message: Waiting): void {
    const tag = ++this.lastTag;
    consumer.unanswered.set(tag, message);
    consumer.onDelivery({
      body: message.body,
      ack: () => {
        if (consumer.unanswered.delete(tag)) message.stored();
        this.schedule(queue);
      },
      requeue: () => {
        if (consumer.unanswered.delete(tag)) queue.waiting.unshift(message);
        this.schedule(queue);
      },
    });
  }
}

/** Competing instances of a service take turns. */
function nextFree(queue: Queue): Consumer | undefined {
  for (let i = 0; i < queue.consumers.length; i++) {
    const consumer = queue.consumers[queue.next++ % queue.consumers.length]!;
    if (consumer.unanswered.size < PREFETCH) return consumer;
  }
  return undefined;
}

class EmbeddedTransport implements Transport {
  private readonly listening: (() => void)[] = [];
  private readonly mine: { service: ServiceName; consumer: Consumer; unsubscribe: () => void }[] = [];
  private open = false;

  constructor(private readonly bus: EmbeddedBus) {}

  get connected(): boolean {
    return this.open;
  }

  start(): Promise<void> {
    this.open = true;
    return Promise.resolve();
  }

  publish(message: BusMessage): Promise<void> {
    if (!this.open) return Promise.reject(new NotConfirmed('this transport is closed'));
    return this.bus.publish(message);
  }

  consume(service: ServiceName, onDelivery: (delivery: Delivery) => void): Promise<Subscription> {
    const consumer: Consumer = { onDelivery, unanswered: new Map() };
    const unsubscribe = this.bus.subscribe(service, consumer);
    this.mine.push({ service, consumer, unsubscribe });
    return Promise.resolve({
      stop: () => {
        unsubscribe();
        return Promise.resolve();
      },
    });
  }

  listen(routingKeys: readonly string[], onMessage: (message: BusMessage) => void): Promise<Subscription> {
    const stop = this.bus.listen({ routingKeys: new Set(routingKeys), onMessage });
    this.listening.push(stop);
    return Promise.resolve({
      stop: () => {
        stop();
        return Promise.resolve();
      },
    });
  }

  depth(service: ServiceName): Promise<number> {
    return Promise.resolve(this.bus.depth(service));
  }

  close(): Promise<void> {
    this.open = false;
    for (const stop of this.listening) stop();
    for (const { service, consumer, unsubscribe } of this.mine) {
      unsubscribe();
      this.bus.giveBack(service, consumer);
      this.bus.abandon(service);
    }
    return Promise.resolve();
  }
}
