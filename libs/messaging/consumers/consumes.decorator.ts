import { UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Envelope, EventDefinition, PayloadOf } from '#contracts';
import type { Tx } from '../tx.js';
import { Rethrow } from './rethrow.filter.js';

/** An event as its handler receives it. */
export type EventOf<E extends EventDefinition> = Envelope<PayloadOf<E>>;

type Handler<E extends EventDefinition> = (event: EventOf<E>, tx: Tx) => Promise<void>;

/**
 * Marks a method as the service's handler of an event, or of several. It gets the event and the transaction
 * in which the event is noted as handled; there is one handler per event and service.
 */
export function Consumes<E extends EventDefinition>(...events: [E, ...E[]]) {
  return (target: object, key: string, descriptor: TypedPropertyDescriptor<Handler<E>>): void => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    const mark: MethodDecorator = EventPattern(events.map((event) => event.name));
    mark(target, key, descriptor);
    UseFilters(Rethrow)(target, key, descriptor);
  };
}
