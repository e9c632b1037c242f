import { made, refused, type Outcome } from '../outcome.js';

// Amounts in tokens: 16384 * (10^e - 1) / 9 + m * 10^e. Units take 2 bits for e, currency 5; both 14 for m.

const MANTISSAS = 16384n;
const UNIT_EXPONENTS = 4;
const CURRENCY_EXPONENTS = 32;

/** The most that a token of units carries: tenths of a kWh, or watts. */
export const MAX_UNITS = 18_201_624n;

const step = (exponent: number) => 10n ** BigInt(exponent);
const offset = (exponent: number) => (MANTISSAS * (step(exponent) - 1n)) / 9n;

interface Parts {
  exponent: number;
  mantissa: bigint;
}

const valueOf = ({ exponent, mantissa }: Parts) => offset(exponent) + mantissa * step(exponent);

/** The smallest amount that can be written and is not below this one: never to the customer's loss. */
function roundedUp(amount: bigint, exponents: number): Parts | undefined {
  for (let exponent = 0; exponent < exponents; exponent++) {
    const above = amount - offset(exponent);
    // Between the last amount of one exponent and the first of the next is a gap.
    const mantissa = above <= 0n ? 0n : (above + step(exponent) - 1n) / step(exponent);
    if (mantissa < MANTISSAS) return { exponent, mantissa };
  }
  return undefined;
}

/** For what is taken from the customer: the largest amount that is not above. */
function roundedDown(amount: bigint, exponents: number): Parts | undefined {
  if (amount >= offset(exponents)) return undefined;
  let exponent = 0;
  while (amount >= offset(exponent + 1)) exponent++;
  const mantissa = (amount - offset(exponent)) / step(exponent);
  return { exponent, mantissa: mantissa < MANTISSAS ? mantissa : MANTISSAS - 1n };
}

/** The 16 bits that stand for a number of units (tenths of a kWh, watts), rounded up to what they can say. */
export function encodeUnits(units: bigint): Outcome<number, 'AmountOutOfRange'> {
  if (units < 0n) return refused('AmountOutOfRange');
  const parts = roundedUp(units, UNIT_EXPONENTS);
  return parts ? made((parts.exponent << 14) | Number(parts.mantissa)) : refused('AmountOutOfRange');
}

export function decodeUnits(field: number): bigint {
  return valueOf({ exponent: field >> 14, mantissa: BigInt(field & 0x3fff) });
}

/** What a token for this many units will really carry. Print and book this one. */
export function carriedUnits(units: bigint): Outcome<bigint, 'AmountOutOfRange'> {
  const field = encodeUnits(units);
  return field.ok ? made(decodeUnits(field.value)) : field;
}

/** An amount in currency: the nibble that stands in the place of RND, and 16 bits. */
export interface CurrencyFields {
  nibble: number;
  field: number;
}

/** In 0.00001 of the currency; below zero is taken from the credit, and rounded towards zero. */
export function encodeCurrency(amount: bigint): Outcome<CurrencyFields, 'AmountOutOfRange'> {
  const negative = amount < 0n;
  const parts = negative ? roundedDown(-amount, CURRENCY_EXPONENTS) : roundedUp(amount, CURRENCY_EXPONENTS);
  if (!parts) return refused('AmountOutOfRange');
  const nibble = (negative ? 8 : 0) | (parts.exponent >> 2);
  return made({ nibble, field: ((parts.exponent & 3) << 14) | Number(parts.mantissa) });
}

export function decodeCurrency({ nibble, field }: CurrencyFields): bigint {
  const exponent = ((nibble & 7) << 2) | (field >> 14);
  const value = valueOf({ exponent, mantissa: BigInt(field & 0x3fff) });
  return nibble & 8 ? -value : value;
}
