import { made, refused, type Outcome } from '../outcome.js';

// 66 bits as 20 decimal digits. The two bits of the class stand inside the block, at 28 and 27; the bits they push out
// stand in front of it, at 65 and 64.

/** As they are found: not 20 characters, something that is no digit, a number of more than 66 bits. */
export type DigitsRefusal = 'wrong_length' | 'not_digits' | 'out_of_range';

export interface ClassAndBlock {
  tokenClass: number;
  /** As it is in the token: encrypted, but for class 1. */
  block: bigint;
}

const CLASS_PLACE = 27n;
const CLASS_BITS = 0b11n << CLASS_PLACE;

/** Twenty digits, with the leading zeros. */
export function toDigits({ tokenClass, block }: ClassAndBlock): string {
  const pushedOut = (block & CLASS_BITS) >> CLASS_PLACE;
  const inside = (block & ~CLASS_BITS) | (BigInt(tokenClass) << CLASS_PLACE);
  return ((pushedOut << 64n) | inside).toString().padStart(20, '0');
}

export function fromDigits(token: string): Outcome<ClassAndBlock, DigitsRefusal> {
  if (token.length !== 20) return refused('wrong_length');
  if (!/^[0-9]+$/.test(token)) return refused('not_digits');
  const bits = BigInt(token);
  if (bits >> 66n) return refused('out_of_range');
  const tokenClass = Number((bits & CLASS_BITS) >> CLASS_PLACE);
  const block = (BigInt.asUintN(64, bits) & ~CLASS_BITS) | ((bits >> 64n) << CLASS_PLACE);
  return made({ tokenClass, block });
}

/** For people: `2521 7248 0219 4166 1520`. */
export function inGroups(token: string): string {
  return token.replace(/(\d{4})(?=\d)/g, '$1 ');
}
