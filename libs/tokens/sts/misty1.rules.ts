import { S7, S9 } from './misty1-tables.js';

// MISTY1 (RFC 2994): blocks of 64 bits, a key of 128. The letters are those of the RFC. A block is a bigint; inside are
// words of 16 and 32 bits as numbers, which `>>> 0` keeps unsigned.

/** The sixteen words of a key, the first eight as given. */
export type Misty1Schedule = Uint16Array;

export function misty1Schedule(key: Uint8Array): Misty1Schedule {
  if (key.length !== 16) throw new Error('A key of MISTY1 has 16 bytes');
  const words = new Uint16Array(16);
  for (let i = 0; i < 8; i++) words[i] = (key[2 * i]! << 8) | key[2 * i + 1]!;
  for (let i = 0; i < 8; i++) words[8 + i] = fi(words[i]!, words[(i + 1) % 8]!);
  return words;
}

export function misty1Encrypt(block: bigint, words: Misty1Schedule): bigint {
  let left = Number(block >> 32n);
  let right = Number(block & 0xffff_ffffn);
  for (let round = 0; round < 8; round += 2) {
    left = fl(left, round, words);
    right = fl(right, round + 1, words);
    right = (right ^ fo(left, round, words)) >>> 0;
    left = (left ^ fo(right, round + 1, words)) >>> 0;
  }
  return joined(fl(right, 9, words), fl(left, 8, words));
}

export function misty1Decrypt(block: bigint, words: Misty1Schedule): bigint {
  let right = flBack(Number(block >> 32n), 9, words);
  let left = flBack(Number(block & 0xffff_ffffn), 8, words);
  for (let round = 6; round >= 0; round -= 2) {
    left = (left ^ fo(right, round + 1, words)) >>> 0;
    right = (right ^ fo(left, round, words)) >>> 0;
    left = flBack(left, round, words);
    right = flBack(right, round + 1, words);
  }
  return joined(left, right);
}

function joined(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function fi(x: number, key: number): number {
  let d9 = S9[x >> 7]! ^ (x & 0x7f);
  const d7 = S7[x & 0x7f]! ^ (d9 & 0x7f) ^ (key >> 9);
  d9 ^= key & 0x1ff;
  return (d7 << 9) | (S9[d9]! ^ d7);
}

function fo(x: number, k: number, e: Misty1Schedule): number {
  let a = x >>> 16;
  let b = x & 0xffff;
  a = fi(a ^ e[k]!, e[8 + ((k + 5) % 8)]!) ^ b;
  b = fi(b ^ e[(k + 2) % 8]!, e[8 + ((k + 1) % 8)]!) ^ a;
  a = fi(a ^ e[(k + 7) % 8]!, e[8 + ((k + 3) % 8)]!) ^ b;
  b ^= e[(k + 4) % 8]!;
  return ((b << 16) | a) >>> 0;
}

/** The two words of the key that FL takes in a round. */
function flKeys(k: number, e: Misty1Schedule): [number, number] {
  const half = k >> 1;
  return k % 2 === 0 ? [e[half]!, e[8 + ((half + 6) % 8)]!] : [e[8 + ((half + 2) % 8)]!, e[(half + 4) % 8]!];
}

function fl(x: number, k: number, e: Misty1Schedule): number {
  const [forAnd, forOr] = flKeys(k, e);
  const b = (x & 0xffff) ^ ((x >>> 16) & forAnd);
  const a = (x >>> 16) ^ (b | forOr);
  return ((a << 16) | b) >>> 0;
}

function flBack(x: number, k: number, e: Misty1Schedule): number {
  const [forAnd, forOr] = flKeys(k, e);
  const a = (x >>> 16) ^ ((x & 0xffff) | forOr);
  const b = (x & 0xffff) ^ (a & forAnd);
  return ((a << 16) | b) >>> 0;
}
