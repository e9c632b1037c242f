import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import type { ServiceName } from './payment-vocabulary.js';

/** One event as it is defined once for the whole system. `owner` is the only service that publishes it. */
export interface EventDefinition<P = unknown> {
  /** Past tense, snake case; also the routing key. */
  readonly name: string;
  readonly version: number;
  readonly owner: ServiceName;
  /** JSON schema of `data`. */
  readonly payload: TSchema;
  /** The TypeScript type of `data`; never set. */
  readonly type?: P;
}

export type PayloadOf<E extends EventDefinition> = E extends EventDefinition<infer P> ? P : never;

export function defineEvent<P extends TProperties>(
  name: string,
  version: number,
  owner: ServiceName,
  payload: P,
): EventDefinition<Static<TObject<P>>> {
  return { name, version, owner, payload: Type.Object(payload) };
}

/** CloudEvents `type` of an event: `wattline.bill_created.v1`. */
export function typeOf(event: EventDefinition): string {
  return `wattline.${event.name}.v${event.version}`;
}

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

/** Building blocks of payloads. Additional members are allowed: an older reader ignores what it does not know. */
export const t = {
  id: Type.String({ pattern: UUID }),
  money: Type.Object({ amount: Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }), currency: Type.String() }),
  /** UTC, ISO 8601. */
  moment: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T.*Z$' }),
  /** A calendar day, `2026-11-21`. */
  day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  text: Type.String(),
  flag: Type.Boolean(),
  count: Type.Integer({ minimum: 0 }),
  object: Type.Object,
  oneOf: <const T extends readonly string[]>(values: T) =>
    Type.Unsafe<T[number]>({ type: 'string', enum: [...values] }),
  maybe: Type.Optional,
};
