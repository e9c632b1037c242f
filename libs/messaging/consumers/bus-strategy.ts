import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { eventsOf, type Envelope, type ServiceName, type Subscriptions } from '#contracts';
import { definitionOf, PermanentError } from '../envelopes.js';
import type { Tx } from '../tx.js';

/**
 * Nest's side of the bus: collects the handlers that `@Consumes` marked and dispatches events to them. What
 * a handler throws reaches the caller unchanged (Nest's own servers swallow it).
 */
export class BusStrategy extends Server implements CustomTransportStrategy {
  constructor(
    private readonly service: ServiceName,
    private readonly subscriptions: Subscriptions,
    private readonly onListening: () => Promise<void>,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      this.refuseDifferences();
    } catch (error) {
      callback(error);
      return;
    }
    this.onListening().then(() => callback(), callback);
  }

  /** The handler of one event. Throws what the handler throws. */
  handle = async (envelope: Envelope, tx: Tx): Promise<void> => {
    const { name } = definitionOf(envelope);
    const handler = this.messageHandlers.get(name) as MessageHandler<Envelope, Tx> | undefined;
    if (!handler) throw new PermanentError(`${this.service} does not consume ${name}`);
    const answer: unknown = await handler(envelope, tx);
    if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
  };

  close(): void {
    // The consumer is stopped by the service host, before its transport.
  }

  on(): never {
    throw new Error('The bus has no client events');
  }

  unwrap<T>(): T {
    throw new Error('The bus has no server to unwrap');
  }

  /** A service consumes exactly what the subscriptions say, each event by one handler. */
  private refuseDifferences(): void {
    const wanted = eventsOf(this.service, this.subscriptions);
    const has = [...this.messageHandlers.keys()];
    const faults = [
      ...wanted.filter((event) => !has.includes(event)).map((event) => `no handler for ${event}`),
      ...has.filter((event) => !wanted.includes(event)).map((event) => `${event} is not subscribed`),
      ...has
        .filter((event) => this.messageHandlers.get(event)?.next !== undefined)
        .map((event) => `two handlers for ${event}`),
    ];
    if (faults.length > 0)
      throw new Error(`The consumers of ${this.service} are wired wrongly: ${faults.join('; ')}`);
  }
}
