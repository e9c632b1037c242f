import { createHmac } from 'node:crypto';
import { made, refused, type Outcome } from '../outcome.js';
import { panOf, type MeterNumberRefusal } from './meter-number.rules.js';
import { misty1Decrypt, misty1Encrypt, misty1Schedule, type Misty1Schedule } from './misty1.rules.js';
import { BASE_DATES, type BaseDate } from './token-time.rules.js';

/** 0 initialisation (DITK), 1 default (DDTK), 2 unique (DUTK, the usual one), 3 common (DCTK, never with a keypad). */
export type KeyType = 0 | 1 | 2 | 3;

/** 07 is STA, which needs tables under licence and is not here; 11 is MISTY1. */
export type EncryptionAlgorithm = '07' | '11';

/** What the key of a meter is derived from (DKGA04). */
export interface KeyFacts {
  /** The number on the meter, 11 or 13 digits. */
  drn: string;
  /** Supply group code, 6 digits. */
  sgc: string;
  /** Revision of the vending key, 1..9. */
  krn: number;
  kt: KeyType;
  /** Tariff index, `00`..`99`. */
  ti: string;
  ea: EncryptionAlgorithm;
  baseDate: BaseDate;
  /** 20 bytes as 40 hex digits. */
  vendingKeyHex: string;
}

/**
 * `KeyNotAvailable`: this library has no cipher for EA07, or the vending key is not one of DKGA04.
 * `InvalidKeyFacts`: supply group, revision, type, tariff index or base date cannot be.
 */
export type KeyRefusal = MeterNumberRefusal | 'KeyNotAvailable' | 'InvalidKeyFacts';

const VENDING_KEY = /^[0-9a-f]{40}$/i;
const KEY_BITS = 128;

/** The key of one meter. It cannot be printed: neither JSON nor a log shows what is in it. */
export class DecoderKey {
  readonly #bytes: Uint8Array;
  readonly #schedule: Misty1Schedule;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#schedule = misty1Schedule(bytes);
  }

  static ofBytes(bytes: Uint8Array): DecoderKey {
    return new DecoderKey(Uint8Array.from(bytes));
  }

  /** 32 hex digits. */
  static ofHex(hex: string): Outcome<DecoderKey, 'KeyNotAvailable'> {
    if (!/^[0-9a-f]{32}$/i.test(hex)) return refused('KeyNotAvailable');
    return made(new DecoderKey(Buffer.from(hex, 'hex')));
  }

  encrypt(block: bigint): bigint {
    return misty1Encrypt(block, this.#schedule);
  }

  decrypt(block: bigint): bigint {
    return misty1Decrypt(block, this.#schedule);
  }

  /** Only for the tokens that carry it to the meter, and for what a simulated meter keeps. */
  reveal(): string {
    return Buffer.from(this.#bytes).toString('hex');
  }
}

export function buildDecoderKey(facts: KeyFacts): Outcome<DecoderKey, KeyRefusal> {
  const pan = panOf(facts.drn);
  if (!pan.ok) return pan;
  if (!canBe(facts)) return refused('InvalidKeyFacts');
  if (facts.ea !== '11' || !VENDING_KEY.test(facts.vendingKeyHex)) return refused('KeyNotAvailable');
  const bytes = createHmac('sha256', Buffer.from(facts.vendingKeyHex, 'hex'))
    .update(derivationBlock(facts, pan.value))
    .digest();
  return made(DecoderKey.ofBytes(bytes.subarray(0, KEY_BITS / 8)));
}

function canBe({ sgc, krn, kt, ti, baseDate }: KeyFacts): boolean {
  return (
    /^\d{6}$/.test(sgc) &&
    Number.isInteger(krn) &&
    krn >= 1 &&
    krn <= 9 &&
    [0, 1, 2, 3].includes(kt) &&
    /^\d{2}$/.test(ti) &&
    BASE_DATES.includes(baseDate)
  );
}

/** The 49 bytes that the HMAC is taken over: label, zero, context, length of the key (NIST SP 800-108). */
export function derivationBlock(facts: Omit<KeyFacts, 'drn' | 'vendingKeyHex'>, pan: string): Buffer {
  const label = items('04', String(facts.baseDate).slice(-2), facts.ea, facts.ti);
  const context = items(facts.sgc, String(facts.kt), String(facts.krn), pan);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(KEY_BITS);
  return Buffer.concat([label, Buffer.of(0), context, length]);
}

/** How many follow, then each with its length before it. */
function items(...texts: string[]): Buffer {
  const parts = texts.map((text) => Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'ascii')]));
  return Buffer.concat([Buffer.of(texts.length), ...parts]);
}
