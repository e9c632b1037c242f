import type { Delivery, Transport } from '#messaging';

/**
 * The same bus, which delivers every message twice, at the same time. A service that is right under it
 * deduplicates. The message is acknowledged when both deliveries are.
 */
export function deliverTwice(transport: Transport): Transport {
  return {
    get connected() {
      return transport.connected;
    },
    start: () => transport.start(),
    publish: (message) => transport.publish(message),
    depth: (service) => transport.depth(service),
    close: () => transport.close(),
    listen: (routingKeys, onMessage) =>
      transport.listen(routingKeys, (message) => {
        onMessage(message);
        onMessage(message);
      }),
    consume: (service, onDelivery) =>
      transport.consume(service, (delivery) => {
        for (const copy of twins(delivery)) onDelivery(copy);
      }),
  };
}

function twins(delivery: Delivery): Delivery[] {
  let answers = 0;
  let returned = false;
  const answer = (requeue: boolean) => {
    answers += 1;
    returned ||= requeue;
    if (answers < 2) return;
    if (returned) delivery.requeue();
    else delivery.ack();
  };
  const copy = { body: delivery.body, ack: () => answer(false), requeue: () => answer(true) };
  return [copy, { ...copy }];
}
