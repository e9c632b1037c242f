/**
 * Numbers of prepaid meters. An STS meter's is printed on it with a check digit (Luhn over all digits before it): a
 * maker's code of two digits and 11 in all, or one of four and 13. Meters of other kinds have other numbers.
 */
export const METER_KINDS = ['sts', 'openpaygo', 'online'] as const;
export type MeterKind = (typeof METER_KINDS)[number];

const DIGITS = /^\d{5,20}$/;
const STS_LENGTHS = [11, 13];

export function isMeterNumber(number: string, kind: MeterKind): boolean {
  if (!DIGITS.test(number)) return false;
  switch (kind) {
    case 'sts':
      return STS_LENGTHS.includes(number.length) && !isMistyped(number);
    case 'openpaygo':
    case 'online':
      return true;
  }
}

/** A number that nobody has and that looks like an STS meter's, but its check digit is wrong. */
export function isMistyped(number: string): boolean {
  return STS_LENGTHS.includes(number.length) && number.at(-1) !== checkDigit(number.slice(0, -1));
}

/** From the right every second digit is doubled, beginning with the rightmost. */
export function checkDigit(body: string): string {
  const digits = [...body].reverse().map(Number);
  const sum = digits.reduce((total, digit, i) => {
    const value = i % 2 === 0 ? digit * 2 : digit;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

/**
 * One digit off, or two neighbours swapped. The check digit does not count: of two numbers that are both right it
 * differs as well, so a slip that it does not catch is one that somebody else's label explains.
 */
export function isNearMatch(number: string, other: string): boolean {
  if (number === other || number.length !== other.length) return false;
  return isOneSlip(number, other) || isOneSlip(number.slice(0, -1), other.slice(0, -1));
}

function isOneSlip(one: string, other: string): boolean {
  const off = [...one].flatMap((digit, i) => (digit === other[i] ? [] : [i]));
  const [first = 0, second = -1] = off;
  if (off.length === 1) return true;
  const neighbours = off.length === 2 && second === first + 1;
  return neighbours && one[first] === other[second] && one[second] === other[first];
}
