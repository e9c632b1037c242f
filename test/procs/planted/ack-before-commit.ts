import { RabbitMqTransport } from '#messaging';
import { plant } from './plant.js';

/** A delivery is acknowledged when it arrives, as a client library does by default. */
plant(RabbitMqTransport.prototype, 'consume', (original) => {
  return function (this: RabbitMqTransport, service, onDelivery) {
    return original.call(this, service, (delivery) => {
      delivery.ack();
      onDelivery({ body: delivery.body, ack: () => undefined, requeue: () => undefined });
    });
  };
});
