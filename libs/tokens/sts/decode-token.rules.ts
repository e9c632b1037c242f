import { made, refused, type Outcome } from '../outcome.js';
import { decodeCurrency, decodeUnits } from './amount.rules.js';
import { crcHolds } from './crc.rules.js';
import type { DecoderKey, KeyType } from './decoder-key.rules.js';
import { fromDigits, type DigitsRefusal } from './token-digits.rules.js';
import { ORDERS, RESOURCES, type Order, type TokenContent } from './token-kinds.js';

/**
 * `class_unknown`: class 3 is reserved. `crc_wrong`: another meter's token, one of another key, or a digit mistyped;
 * nobody can tell which. `subclass_unknown`: genuine, of a kind that is not handled here.
 */
export type DecodeRefusal = DigitsRefusal | 'class_unknown' | 'crc_wrong' | 'subclass_unknown';

/** Reads a token with the key of its meter. */
export function decodeToken(token: string, key: DecoderKey): Outcome<TokenContent, DecodeRefusal> {
  const digits = fromDigits(token);
  if (!digits.ok) return digits;
  const { tokenClass, block } = digits.value;
  if (tokenClass === 3) return refused('class_unknown');
  const plain = tokenClass === 1 ? block : key.decrypt(block);
  if (!crcHolds(tokenClass, plain)) return refused('crc_wrong');
  const content = contentOf(tokenClass, plain);
  return content ? made(content) : refused('subclass_unknown');
}

/** The bits from `high` down to `low`. */
function bits(block: bigint, high: number, low: number): number {
  return Number((block >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n));
}

function contentOf(tokenClass: number, block: bigint): TokenContent | undefined {
  const subclass = bits(block, 63, 60);
  if (tokenClass === 0) return creditIn(subclass, block);
  if (tokenClass === 1) return testIn(subclass, block);
  return orderIn(subclass, block) ?? keySectionIn(subclass, block);
}

function creditIn(subclass: number, block: bigint): TokenContent | undefined {
  const resource = RESOURCES[subclass % 4]!;
  const nibble = bits(block, 59, 56);
  const tid = bits(block, 55, 32);
  const field = bits(block, 31, 16);
  if (subclass < 4) return { kind: 'credit', resource, tid, rnd: nibble, tenths: decodeUnits(field) };
  if (subclass < 8)
    return { kind: 'currency_credit', resource, tid, amount: decodeCurrency({ nibble, field }) };
  return undefined;
}

function testIn(subclass: number, block: bigint): TokenContent | undefined {
  if (subclass === 0) {
    return {
      kind: 'test',
      subclass,
      control: BigInt(bits(block, 59, 24)),
      manufacturer: bits(block, 23, 16),
    };
  }
  if (subclass !== 1) return undefined;
  return { kind: 'test', subclass, control: BigInt(bits(block, 59, 32)), manufacturer: bits(block, 31, 16) };
}

function orderIn(subclass: number, block: bigint): TokenContent | undefined {
  const order = (Object.keys(ORDERS) as Order[]).find((name) => ORDERS[name] === subclass);
  if (!order) return undefined;
  const field = bits(block, 31, 16);
  const inWatts = order === 'power_limit' || order === 'phase_unbalance_limit';
  const value = inWatts ? decodeUnits(field) : BigInt(field);
  return { kind: 'order', order, tid: bits(block, 55, 32), rnd: bits(block, 59, 56), value };
}

function keySectionIn(subclass: number, block: bigint): TokenContent | undefined {
  const word = bits(block, 47, 16);
  const kind = 'key_section';
  switch (subclass) {
    case 3:
      return {
        kind,
        section: 1,
        word,
        kenHigh: bits(block, 59, 56),
        krn: bits(block, 55, 52),
        rollover: bits(block, 51, 51) === 1,
        kt: bits(block, 49, 48) as KeyType,
      };
    case 4:
      return { kind, section: 2, word, kenLow: bits(block, 59, 56), ti: bits(block, 55, 48) };
    case 8:
      return { kind, section: 3, word, sgcLow: bits(block, 59, 48) };
    case 9:
      return { kind, section: 4, word, sgcHigh: bits(block, 59, 48) };
    default:
      return undefined;
  }
}
