import { systemClock } from './clock.js';

/** A UUIDv7 as lower-case text (RFC 9562): 48 bits of Unix milliseconds, then random bits. */
export type Id = string;

let lastMillis = 0;
let counter = 0;
/** Asked for by the thousand bytes: each question costs microseconds. */
const stock = new Uint8Array(1_000 * 10);
let used = stock.length;

/**
 * A new UUIDv7. Ids made by one process rise strictly: within one millisecond the 12 bits after the
 * version count up (RFC 9562 §6.2, method 1), and a clock that steps back does not lower them.
 */
export function newId(nowMillis: number = systemClock.now().getTime()): Id {
  const bytes = tenRandomBytes();
  if (nowMillis > lastMillis) {
    lastMillis = nowMillis;
    counter = ((bytes[0]! & 0x07) << 8) | bytes[1]!;
  } else if (++counter > 0xfff) {
    lastMillis += 1;
    counter = 0;
  }
  return layOut(lastMillis, counter, bytes.subarray(2));
}

function tenRandomBytes(): Uint8Array {
  if (used === stock.length) {
    crypto.getRandomValues(stock);
    used = 0;
  }
  return stock.subarray(used, (used += 10));
}

/** The moment (Unix milliseconds) written into a UUIDv7. */
export function millisOf(id: Id): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isId(value: unknown): value is Id {
  return typeof value === 'string' && UUID.test(value);
}

function layOut(millis: number, count: number, random: Uint8Array): Id {
  const time = millis.toString(16).padStart(12, '0');
  const version = (0x7000 | count).toString(16);
  const variant = ((random[0]! & 0x3f) | 0x80).toString(16);
  let tail = variant;
  for (let i = 1; i < 8; i++) tail += random[i]!.toString(16).padStart(2, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * What people read out on the phone instead of an id: a letter and twelve characters of Crockford's base 32
 * (no I, L, O, U), made from the last 60 bits of the id.
 */
export function numberFor(prefix: string, id: Id): string {
  let bits = BigInt(`0x${id.replaceAll('-', '').slice(-15)}`);
  let text = '';
  for (let i = 0; i < 12; i++) {
    text = CROCKFORD[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return `${prefix}-${text}`;
}
