import { Problem } from './problems.js';
import { refuse, ok, type Result } from './result.js';

/** Decimals of the minor unit by ISO 4217 code. A currency that is not listed cannot be used. */
const EXPONENTS = {
  NGN: 2,
  KES: 2,
  GHS: 2,
  ZAR: 2,
  TZS: 2,
  ZMW: 2,
  USD: 2,
  EUR: 2,
  RWF: 0,
  UGX: 0,
  XOF: 0,
  XAF: 0,
} as const satisfies Record<string, number>;

export type Currency = keyof typeof EXPONENTS;
export const CURRENCIES = Object.keys(EXPONENTS) as Currency[];

/** Money as people and the REST API read it: major units, always with all decimals. */
export interface MoneyJson {
  amount: string;
  currency: Currency;
}

export function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && Object.hasOwn(EXPONENTS, value);
}

/** A number of minor units (kobo, cents, whole francs) of one currency. Never a float. */
export class Money {
  private constructor(
    readonly minor: bigint,
    readonly currency: Currency,
  ) {}

  static ofMinor(minor: bigint, currency: Currency): Money {
    return new Money(minor, currency);
  }

  /** One major unit: 1.00 NGN, 1 RWF. */
  static major(units: bigint, currency: Currency): Money {
    return new Money(units * 10n ** BigInt(EXPONENTS[currency]), currency);
  }

  static zero(currency: Currency): Money {
    return new Money(0n, currency);
  }

  /**
   * Reads an amount in major units, a JSON number or a decimal string, exactly: `50`, `50.1`, `"50.10"`.
   * Refuses (`validation_failed`) what is not a plain decimal or has more decimals than the currency.
   * A JSON number is read by its shortest decimal form, so 0.1 is ten kobo and 0.1 + 0.2 is refused.
   */
  static parse(value: unknown, currency: Currency): Result<Money> {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text.length > 32)
      return refuse(badAmount('must be a number or a decimal string'));
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (!match) return refuse(badAmount('must be a plain decimal number'));
    const exponent = EXPONENTS[currency];
    const [, sign, whole = '0', fraction = ''] = match;
    if (fraction.length > exponent)
      return refuse(badAmount(`has more than ${exponent} decimals for ${currency}`));
    const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
    return ok(new Money(sign ? -minor : minor, currency));
  }

  static sum(parts: readonly Money[], currency: Currency): Money {
    return parts.reduce((total, part) => total.plus(part), Money.zero(currency));
  }

  plus(other: Money): Money {
    return new Money(this.minor + this.same(other).minor, this.currency);
  }

  minus(other: Money): Money {
    return new Money(this.minor - this.same(other).minor, this.currency);
  }

  negated(): Money {
    return new Money(-this.minor, this.currency);
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.minor === other.minor;
  }

  lessThan(other: Money): boolean {
    return this.minor < this.same(other).minor;
  }

  get positive(): boolean {
    return this.minor > 0n;
  }

  /** `1234.50`: all decimals of the currency, no grouping. */
  get amount(): string {
    const exponent = EXPONENTS[this.currency];
    const digits = (this.minor < 0n ? -this.minor : this.minor).toString().padStart(exponent + 1, '0');
    const sign = this.minor < 0n ? '-' : '';
    if (exponent === 0) return sign + digits;
    return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
  }

  toString(): string {
    return `${this.currency} ${this.amount}`;
  }

  toJSON(): MoneyJson {
    return { amount: this.amount, currency: this.currency };
  }

  private same(other: Money): Money {
    if (other.currency !== this.currency) {
      throw new Error(`Money of ${this.currency} met money of ${other.currency}`);
    }
    return other;
  }
}

function badAmount(detail: string): Problem {
  return new Problem('validation_failed', `amount ${detail}`, [{ detail, pointer: '#/amount' }]);
}
