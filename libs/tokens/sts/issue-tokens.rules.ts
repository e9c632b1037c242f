import { made, refused, type Outcome } from '../outcome.js';
import { decodeCurrency, decodeUnits, encodeCurrency, encodeUnits } from './amount.rules.js';
import { withCrc } from './crc.rules.js';
import type { DecoderKey } from './decoder-key.rules.js';
import { toDigits } from './token-digits.rules.js';
import { MAX_TID } from './token-time.rules.js';
import { ALL_REGISTERS, ORDERS, RESOURCES, type Order, type Resource } from './token-kinds.js';

/** `InvalidTid`: not 24 bits; `InvalidRnd`: not 4 bits. */
export type IssueRefusal = 'AmountOutOfRange' | 'InvalidTid' | 'InvalidRnd';

export interface CreditOrder {
  /** Tenths of a kWh, above 0. */
  tenths: bigint;
  tid: number;
  /** Four random bits. */
  rnd: number;
  /** Electricity, if it is left out. */
  resource?: Resource;
}

export interface IssuedCredit {
  /** Twenty digits. */
  token: string;
  tid: number;
  /** What the token really carries, never less than was asked for. */
  actualTenths: bigint;
}

/** Credit in units. */
export function issueCredit(key: DecoderKey, order: CreditOrder): Outcome<IssuedCredit, IssueRefusal> {
  const { tenths, tid, rnd, resource = 'electricity' } = order;
  if (tenths <= 0n) return refused('AmountOutOfRange');
  const field = encodeUnits(tenths);
  if (!field.ok) return field;
  const wrong = wrongIn(tid, rnd);
  if (wrong) return refused(wrong);
  const block = blockOf(RESOURCES.indexOf(resource), rnd, tid, field.value);
  return made({ token: seal(key, 0, block), tid, actualTenths: decodeUnits(field.value) });
}

export interface CurrencyCreditOrder {
  /** In 0.00001 of the currency; below zero takes credit away. */
  amount: bigint;
  tid: number;
  resource?: Resource;
}

export interface IssuedCurrencyCredit {
  token: string;
  tid: number;
  actualAmount: bigint;
}

/** Credit in currency, for meters that know their tariff. It has no random bits: two of the same amount differ by TID. */
export function issueCurrencyCredit(
  key: DecoderKey,
  { amount, tid, resource = 'electricity' }: CurrencyCreditOrder,
): Outcome<IssuedCurrencyCredit, IssueRefusal> {
  if (amount === 0n) return refused('AmountOutOfRange');
  const fields = encodeCurrency(amount);
  if (!fields.ok) return fields;
  const { nibble, field } = fields.value;
  const wrong = wrongIn(tid, nibble);
  if (wrong) return refused(wrong);
  const block = blockOf(RESOURCES.indexOf(resource) + 4, nibble, tid, field);
  return made({ token: seal(key, 0, block), tid, actualAmount: decodeCurrency(fields.value) });
}

export interface ManagementOrder {
  order: Order;
  /** Watts, or the register to clear; nothing for `clear_tamper`. */
  value?: bigint;
  tid: number;
  rnd: number;
}

/** An order to the meter: a limit, or clearing its credit or its tamper mark. */
export function issueOrder(
  key: DecoderKey,
  { order, value = 0n, tid, rnd }: ManagementOrder,
): Outcome<{ token: string; tid: number }, IssueRefusal> {
  const field = fieldOf(order, value);
  if (!field.ok) return field;
  const wrong = wrongIn(tid, rnd);
  if (wrong) return refused(wrong);
  return made({ token: seal(key, 2, blockOf(ORDERS[order], rnd, tid, field.value)), tid });
}

function fieldOf(order: Order, value: bigint): Outcome<number, 'AmountOutOfRange'> {
  switch (order) {
    case 'power_limit':
    case 'phase_unbalance_limit':
      return encodeUnits(value);
    case 'clear_credit':
      return (value >= 0n && value < 8n) || value === BigInt(ALL_REGISTERS)
        ? made(Number(value))
        : refused('AmountOutOfRange');
    case 'clear_tamper':
      return value === 0n ? made(0) : refused('AmountOutOfRange');
  }
}

/** Tests that a token can ask for. 0 is all of them; the manuals of meters name what the others show. */
export const LAST_TEST = 28;

/**
 * Asks the meter to run a test or show a value. It is the same for all meters of a manufacturer (0: of all), and is not
 * encrypted. Meter numbers of 13 digits have manufacturers with four digits, and their own form.
 */
export function testToken(
  test: number,
  { manufacturer = 0, digits = 2 }: { manufacturer?: number; digits?: 2 | 4 } = {},
): Outcome<string, 'InvalidTest' | 'InvalidMeter'> {
  if (!Number.isInteger(test) || test < 0 || test > LAST_TEST) return refused('InvalidTest');
  if (!Number.isInteger(manufacturer) || manufacturer < 0 || manufacturer >= 10 ** digits)
    return refused('InvalidMeter');
  const codeBits = digits === 2 ? 8n : 16n;
  const control = test === 0 ? (1n << (44n - codeBits)) - 1n : 1n << BigInt(test - 1);
  const subclass = digits === 2 ? 0n : 1n;
  const block = (subclass << 60n) | (control << (16n + codeBits)) | (BigInt(manufacturer) << 16n);
  return made(toDigits({ tokenClass: 1, block: withCrc(1, block) }));
}

/** The token of this block under this key. */
export function seal(key: DecoderKey, tokenClass: 0 | 2, block: bigint): string {
  return toDigits({ tokenClass, block: key.encrypt(withCrc(tokenClass, block)) });
}

function wrongIn(tid: number, rnd: number): 'InvalidTid' | 'InvalidRnd' | undefined {
  if (!Number.isInteger(tid) || tid < 0 || tid > MAX_TID) return 'InvalidTid';
  return Number.isInteger(rnd) && rnd >= 0 && rnd <= 15 ? undefined : 'InvalidRnd';
}

function blockOf(subclass: number, nibble: number, tid: number, field: number): bigint {
  return (BigInt(subclass) << 60n) | (BigInt(nibble) << 56n) | (BigInt(tid) << 32n) | (BigInt(field) << 16n);
}
