import type { ServiceName } from '#contracts';

/** Several events of one name, packed as a JSON array of envelopes. */
export interface BusMessage {
  /** The event's name. */
  routingKey: string;
  body: string;
}

/** A message as a service received it. Exactly one of `ack` and `requeue` is called, once. */
export interface Delivery {
  readonly body: string;
  /** Everything that the message asked for is stored: it is never delivered to this service again. */
  ack(): void;
  /** Nothing is stored: deliver it again, to this instance or another one. */
  requeue(): void;
}

export interface Subscription {
  /** No further deliveries; what is still unanswered may be acked until the transport is closed. */
  stop(): Promise<void>;
}

/**
 * The bus. Two implementations: RabbitMQ between processes, and the embedded bus inside one process. Both
 * pass the same conformance suite (`test/bus/conformance.ts`); a service cannot tell which one it is on.
 */
export interface Transport {
  /**
   * Connects and declares the whole topology. A connection that is lost is restored by itself, and one that cannot
   * be made yet is made later: `connected` tells.
   */
  start(): Promise<void>;
  /**
   * Resolves when the message is stored for every service that the subscriptions name for its routing key;
   * rejects when that is not known. The caller then publishes it again.
   */
  publish(message: BusMessage): Promise<void>;
  /** Delivers the messages of a service; with several subscriptions of one service, each message to one. */
  consume(service: ServiceName, onDelivery: (delivery: Delivery) => void): Promise<Subscription>;
  /**
   * Broadcast: tells this process of every message with one of these routing keys that is published from now on,
   * beside what the services get. Every listener hears each; what is missed while the bus is away is missed, and a
   * message that is published again is heard again. For what is shown live, never for what has an effect.
   */
  listen(routingKeys: readonly string[], onMessage: (message: BusMessage) => void): Promise<Subscription>;
  /** Messages that wait for a service and are not yet delivered; null when that is not known. */
  depth(service: ServiceName): Promise<number | null>;
  /** False while the bus is away, or takes nothing. */
  readonly connected: boolean;
  /** Unanswered deliveries go back to the queue. */
  close(): Promise<void>;
}

/** Thrown by `publish` when the bus is away or did not confirm. */
export class NotConfirmed extends Error {
  constructor(reason: string) {
    super(`The bus did not confirm: ${reason}`);
    this.name = 'NotConfirmed';
  }
}

/** Thrown by `publish` when no queue is bound to the routing key: an incident, never a success. */
export class Unroutable extends Error {
  constructor(routingKey: string) {
    super(`No queue is bound to ${routingKey}`);
    this.name = 'Unroutable';
  }
}
