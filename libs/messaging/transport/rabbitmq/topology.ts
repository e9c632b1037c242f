import type { Channel } from 'amqplib';
import { eventsOf, type ServiceName, SERVICES, type Subscriptions } from '#contracts';

/**
 * Deliveries of one message before the broker gives it up. Far above what happens: failures are counted in
 * the inbox, and a message returns to the queue only when a process dies. RabbitMQ 4 would default to 20;
 * on 3.10 a negative limit drops the message at its first return.
 */
const DELIVERY_LIMIT = 1000;

export interface Names {
  exchange: string;
  deadExchange: string;
  queue: (service: ServiceName) => string;
  deadQueue: (service: ServiceName) => string;
}

/** `prefix` keeps several systems apart on one broker. */
export function namesFor(prefix: string): Names {
  return {
    exchange: `${prefix}.events`,
    deadExchange: `${prefix}.dead`,
    queue: (service) => `${prefix}.${service}`,
    deadQueue: (service) => `${prefix}.${service}.dead`,
  };
}

export function consumersIn(subscriptions: Subscriptions): ServiceName[] {
  return SERVICES.filter((service) => eventsOf(service, subscriptions).length > 0);
}

/**
 * Declares everything that any service needs. Every process does so before it publishes: `mandatory` does
 * not notice when only one of several queues of an event is missing.
 */
export async function declareTopology(
  channel: Channel,
  names: Names,
  subscriptions: Subscriptions,
): Promise<void> {
  await channel.assertExchange(names.exchange, 'topic', { durable: true });
  await channel.assertExchange(names.deadExchange, 'direct', { durable: true });
  for (const service of consumersIn(subscriptions)) {
    const queue = names.queue(service);
    const dead = names.deadQueue(service);
    await channel.assertQueue(dead, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(dead, names.deadExchange, queue);
    await channel.assertQueue(queue, {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': DELIVERY_LIMIT,
        'x-dead-letter-exchange': names.deadExchange,
        'x-dead-letter-routing-key': queue,
      },
    });
    for (const event of eventsOf(service, subscriptions)) {
      await channel.bindQueue(queue, names.exchange, event);
    }
  }
}
