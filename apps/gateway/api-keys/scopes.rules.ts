/** What an API key may be allowed. Reading is GET; everything else is writing. */
export const SCOPES = [
  'bills:read',
  'bills:write',
  'payments:read',
  'payments:write',
  'wallet:read',
  'webhooks',
] as const;
export type Scope = (typeof SCOPES)[number];

/** The part of the API that a route belongs to. A route that belongs to none is closed to keys. */
export type Area = 'bills' | 'payments' | 'wallet' | 'webhooks';

/** The scope that a key needs for a method in an area; undefined when no key may do it. */
export function scopeFor(area: Area | undefined, method: string): Scope | undefined {
  if (area === undefined) return undefined;
  if (area === 'webhooks') return 'webhooks';
  const reads = method === 'GET' || method === 'HEAD';
  if (area === 'wallet') return reads ? 'wallet:read' : undefined;
  return `${area}:${reads ? 'read' : 'write'}`;
}
