import { Ajv, type ValidateFunction } from 'ajv';
import {
  type Envelope,
  EVENT_BY_TYPE,
  EVENTS,
  type EventDefinition,
  type PayloadOf,
  typeOf,
} from '#contracts';
import { isId, newId, type Clock, type Id } from '#kernel';
import type { WorkContext } from '#persistence';

/** An event that can never be handled: it is dead at once, without retries. */
export class PermanentError extends Error {
  override name = 'PermanentError';
}

const ajv = new Ajv({ strict: false });
const validators = new Map<string, ValidateFunction>(
  EVENTS.map((event) => [typeOf(event), ajv.compile(event.payload)]),
);

/** Wraps a payload. A payload that does not fit its schema is our own mistake, and throws. */
export function wrap<E extends EventDefinition>(
  event: E,
  subject: Id,
  data: PayloadOf<E>,
  clock: Clock,
  context: WorkContext,
): Envelope<PayloadOf<E>> {
  const at = clock.now();
  check(typeOf(event), data);
  return {
    specversion: '1.0',
    id: newId(at.getTime()),
    source: `/services/${event.owner}`,
    type: typeOf(event),
    subject,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    correlationid: context.correlationId,
    ...(context.causationId && { causationid: context.causationId }),
    ...(context.traceparent && { traceparent: context.traceparent }),
    data,
  };
}

/** One member of a message: an envelope, or text that is none, with what is wrong with it. */
export type Unpacked = { envelope: Envelope } | { unreadable: string; error: string };

/** Unpacks a message. What cannot be read stands alone; the envelopes beside it are not affected. */
export function unpack(body: string): Unpacked[] {
  let members: unknown;
  try {
    members = JSON.parse(body);
  } catch {
    return [{ unreadable: body, error: 'not JSON' }];
  }
  return (Array.isArray(members) ? members : [members]).map((member: unknown) => {
    if (isEnvelope(member)) return { envelope: member };
    return { unreadable: JSON.stringify(member), error: 'not a CloudEvents envelope of Wattline' };
  });
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const it = value as Partial<Envelope>;
  return isId(it.id) && typeof it.type === 'string' && typeof it.correlationid === 'string' && 'data' in it;
}

/** The event's definition; throws `PermanentError` for an unknown event or version, or a payload that does not fit. */
export function definitionOf(envelope: Envelope): EventDefinition {
  const definition = EVENT_BY_TYPE.get(envelope.type);
  if (!definition) throw new PermanentError(`unknown event or version: ${envelope.type}`);
  check(envelope.type, envelope.data);
  return definition;
}

function check(type: string, data: unknown): void {
  const validate = validators.get(type);
  if (!validate) throw new PermanentError(`unknown event or version: ${type}`);
  if (!validate(data))
    throw new PermanentError(`${type} does not fit its schema: ${ajv.errorsText(validate.errors)}`);
}
