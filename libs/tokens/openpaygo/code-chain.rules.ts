import { made, refused, type Outcome } from '../outcome.js';
import { sipHash24 } from './siphash.rules.js';

/** The two lengths of codes. The last digits of a code say its value, the others come from a chain of hashes. */
export interface CodeForm {
  digits: number;
  /** Of a code in the digits 1 to 4, two bits each. */
  restrictedDigits: number;
  /** Values are below. */
  values: bigint;
  next: (code: bigint, key: DeviceKey) => bigint;
}

/** The secret of a device. It cannot be printed. */
export class DeviceKey {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** 32 hex digits. */
  static ofHex(hex: string): Outcome<DeviceKey, 'KeyNotAvailable'> {
    return /^[0-9a-f]{32}$/i.test(hex)
      ? made(new DeviceKey(Buffer.from(hex, 'hex')))
      : refused('KeyNotAvailable');
  }

  hash(message: Uint8Array): bigint {
    return sipHash24(this.#bytes, message);
  }

  /** The starting code that the Python library makes from a key. Others make another: store it for each device. */
  derivedStartingCode(): number {
    return Number(standardCode(this.hash(this.#bytes)));
  }
}

/** The hash as nine digits. All libraries drop the low two bits, whatever their documentation says. */
function standardCode(hash: bigint): bigint {
  const code = ((hash >> 32n) ^ (hash & 0xffff_ffffn)) >> 2n;
  return code > 999_999_999n ? code - 73_741_825n : code;
}

function extendedCode(hash: bigint): bigint {
  const code = hash >> 24n;
  return code > 999_999_999_999n ? code - 99_511_627_777n : code;
}

const bytesOf = (value: bigint, length: number) =>
  Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');

/** Nine digits, values up to 999: time, and orders about it. */
export const STANDARD: CodeForm = {
  digits: 9,
  restrictedDigits: 15,
  values: 1_000n,
  next: (code, key) => standardCode(key.hash(Buffer.concat([bytesOf(code, 4), bytesOf(code, 4)]))),
};

/** Twelve digits, values up to 999999, whose meaning is the device's. */
export const EXTENDED: CodeForm = {
  digits: 12,
  restrictedDigits: 20,
  values: 1_000_000n,
  next: (code, key) => extendedCode(key.hash(bytesOf(code, 8))),
};

/** The code with these last digits. */
export function withEnding(code: bigint, ending: bigint, { values }: CodeForm): bigint {
  return code - (code % values) + ending;
}

/** How the codes of a value end: the value, added to the end of the starting code. */
export function endingOf(value: number, startingCode: number, { values }: CodeForm): bigint {
  return (BigInt(startingCode) + BigInt(value)) % values;
}

/** The value of the codes that end like this one. */
export function valueOf(code: bigint, startingCode: number, { values }: CodeForm): number {
  return Number((((code - BigInt(startingCode)) % values) + values) % values);
}

/** For keypads with four keys. */
export function toRestrictedDigits(code: bigint, { restrictedDigits }: CodeForm): string {
  const quarters = code.toString(4).padStart(restrictedDigits, '0');
  return [...quarters].map((digit) => Number(digit) + 1).join('');
}

/** Back; nothing for what is no such code. */
export function fromRestrictedDigits(text: string, form: CodeForm): bigint | undefined {
  if (text.length !== form.restrictedDigits || !/^[1-4]+$/.test(text)) return undefined;
  const code = [...text].reduce((sum, digit) => 4n * sum + BigInt(Number(digit) - 1), 0n);
  return code < 10n ** BigInt(form.digits) ? code : undefined;
}
