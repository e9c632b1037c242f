import { FORWARDED_ROUTES } from '../forwarding/routes.js';
import { type Area, type Scope, scopeFor } from './scopes.rules.js';

/** The gateway's own routes that keys may use; all others of its own (accounts, keys, operations) are closed. */
const OWN: Readonly<Record<string, Area>> = { '/pay': 'payments', '/balance/:userId': 'wallet' };

const AREAS: ReadonlyMap<string, Area | undefined> = new Map([
  ...Object.entries(OWN),
  ...FORWARDED_ROUTES.map(({ path, area }) => [path, area] as const),
]);

/** The scope that a key needs for a route, by the pattern that the router found; undefined when no key may use it. */
export function scopeOfRoute(method: string, pattern: string | undefined): Scope | undefined {
  return scopeFor(AREAS.get(pattern ?? ''), method);
}
