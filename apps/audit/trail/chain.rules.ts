import { createHash } from 'node:crypto';

/** What the first row is chained to. */
export const FIRST_HASH = '0'.repeat(64);

/** The hash of a row: SHA-256, hex, over the hash before it, a line break, and the envelope's text. */
export function chained(previousHash: string, envelope: string): string {
  return createHash('sha256').update(previousHash).update('\n').update(envelope).digest('hex');
}
