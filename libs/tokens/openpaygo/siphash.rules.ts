// SipHash-2-4 (Aumasson, Bernstein): a keyed hash of 64 bits, which Node does not have.

const CONSTANTS = [
  0x736f_6d65_7073_6575n,
  0x646f_7261_6e64_6f6dn,
  0x6c79_6765_6e65_7261n,
  0x7465_6462_7974_6573n,
] as const;

type State = [bigint, bigint, bigint, bigint];

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const rotated = (value: bigint, by: bigint) => u64(value << by) | (value >> (64n - by));

/** The key has 16 bytes. */
export function sipHash24(key: Uint8Array, message: Uint8Array): bigint {
  if (key.length !== 16) throw new Error('A key of SipHash has 16 bytes');
  const [k0, k1] = [word(key, 0), word(key, 8)];
  let state: State = [CONSTANTS[0] ^ k0, CONSTANTS[1] ^ k1, CONSTANTS[2] ^ k0, CONSTANTS[3] ^ k1];
  for (const m of words(message)) {
    state[3] ^= m;
    state = round(round(state));
    state[0] ^= m;
  }
  state[2] ^= 0xffn;
  const [a, b, c, d] = round(round(round(round(state))));
  return a ^ b ^ c ^ d;
}

/** Eight bytes each, little-endian; the last has what is left, and the length in its high byte. */
function words(message: Uint8Array): bigint[] {
  const padded = Buffer.alloc(8 * Math.floor(message.length / 8) + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length & 0xff;
  return Array.from({ length: padded.length / 8 }, (_, i) => word(padded, 8 * i));
}

function word(bytes: Uint8Array, at: number): bigint {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readBigUInt64LE(at);
}

function round([a, b, c, d]: State): State {
  a = u64(a + b);
  c = u64(c + d);
  b = rotated(b, 13n) ^ a;
  d = rotated(d, 16n) ^ c;
  a = rotated(a, 32n);
  c = u64(c + b);
  a = u64(a + d);
  b = rotated(b, 17n) ^ c;
  d = rotated(d, 21n) ^ a;
  c = rotated(c, 32n);
  return [a, b, c, d];
}
