import type { FastifyInstance } from 'fastify';
import { Ring } from '../ring.js';
import { field, wholeNumber, type Fields } from '../server.js';

/** What happened at a meter. A token is shown by its last digits only, a key never. */
export type MeterEvent = { at: number; meterNumber: string } & (
  | { event: 'installed'; kind: 'sts' | 'openpaygo' }
  | { event: 'keyed'; token: string; answer: string; kwh?: string; fault?: string }
  /** `meterAt`: by the meter's own clock. */
  | { event: 'relay'; relay: 'closed' | 'open'; meterAt: string }
  | { event: 'clock'; speed: number; advancedHours: number }
  | { event: 'fault'; fault: string; operation: string }
);

const EVENTS_MAX = 50_000;
const PAGE = 1000;
const PAGE_MAX = 10_000;

/** The meters' own account of what was keyed: the truth for "every token has its effect once". */
export class MetersLog {
  readonly events = new Ring<MeterEvent>(EVENTS_MAX);
}

/** `GET …/log?after=&limit=&meterNumber=`, oldest first, from any number on. */
export function addLogRoute(app: FastifyInstance, { events }: MetersLog): void {
  app.get<{ Querystring: Fields }>('/log', ({ query }) => {
    const after = wholeNumber(query, 'after', 0, Number.MAX_SAFE_INTEGER);
    const found = events.since(after, wholeNumber(query, 'limit', PAGE, PAGE_MAX));
    const next = found.at(-1)?.seq ?? after;
    const only = field(query, 'meterNumber');
    return {
      total: events.total,
      missed: Math.max(0, events.first - 1 - after),
      next,
      more: next < events.total,
      items: found
        .filter(({ entry }) => only === undefined || entry.meterNumber === only)
        .map(({ seq, entry }) => ({ seq, ...entry, at: new Date(entry.at).toISOString() })),
    };
  });
}

/** `43292704570393159246` → `••••9246`; of what is shorter than a token nothing. */
export function maskToken(text: string): string {
  return text.length < 15 ? '••••' : `••••${text.slice(-4)}`;
}
