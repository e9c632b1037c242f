import { type EventDefinition, type PayloadOf } from '#contracts';
import type { Clock, Id } from '#kernel';
import { type Batch, Transaction, type WorkContext } from '#persistence';
import type { Effect } from './effects/effect.js';
import { EffectRow } from './effects/effect.entity.js';
import type { EffectRunner } from './effects/effect-runner.js';
import { wrap } from './envelopes.js';
import { OutboxRow } from './outbox/outbox.entity.js';
import { RELAY_LEASE_MILLIS, type Relay } from './outbox/relay.js';

/** What a transaction needs in order to tell the world, once it has committed. */
export interface Outlets {
  clock: Clock;
  relay: Relay;
  effects: EffectRunner;
}

/**
 * A handler's only door to the database and to the outside. Events and outside calls are written in the
 * transaction that decides them, and leave after its commit.
 */
export class Tx extends Transaction {
  constructor(
    batch: Batch,
    context: WorkContext,
    private readonly outlets: Outlets,
  ) {
    super(batch, context);
  }

  get now(): Date {
    return this.outlets.clock.now();
  }

  /** Announces a fact. `subject` is the id of what it is about. */
  publish<E extends EventDefinition>(event: E, subject: Id, payload: PayloadOf<E>): void {
    const { clock, relay } = this.outlets;
    const envelope = wrap(event, subject, payload, clock, this.context);
    const createdAt = clock.now();
    const row = this.insert(OutboxRow, {
      id: envelope.id,
      name: event.name,
      envelope: JSON.stringify(envelope),
      createdAt,
      relayAfter: new Date(createdAt.getTime() + RELAY_LEASE_MILLIS),
      publishedAt: null,
    });
    this.afterCommit(() => relay.push(row));
  }

  /** Asks for an outside call after the commit. `reference` names the call to the outside for ever. */
  perform<C, O>(effect: Effect<C, O>, reference: Id, command: C): void {
    const { effects } = this.outlets;
    const row = this.insert(EffectRow, effects.rowFor(effect, reference, command, this.context));
    this.afterCommit(() => effects.start(row));
  }
}
