import { made, refused, type Outcome } from '../outcome.js';

/** `InvalidMeter`: not a number of a meter; `CheckDigit`: it would be one with another last digit. */
export type MeterNumberRefusal = 'InvalidMeter' | 'CheckDigit';

/** What stands before the meter number in the PAN, by the length of the number. */
const ISSUERS: Readonly<Record<number, string>> = { 11: '600727', 13: '0000' };

/** The Luhn digit that follows these digits. */
export function luhnDigit(body: string): number {
  const sum = [...body].reverse().reduce((total, digit, place) => {
    const weighed = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

const endsInLuhn = (digits: string) => luhnDigit(digits.slice(0, -1)) === Number(digits.slice(-1));

/** The number on the meter's label: 11 digits, or 13 where the manufacturer's code has four. */
export function checkDrn(drn: string): Outcome<string, MeterNumberRefusal> {
  if (!/^(\d{11}|\d{13})$/.test(drn)) return refused('InvalidMeter');
  return endsInLuhn(drn) ? made(drn) : refused('CheckDigit');
}

/** The 18 digits that enter the meter's key. */
export function panOf(drn: string): Outcome<string, MeterNumberRefusal> {
  const checked = checkDrn(drn);
  if (!checked.ok) return checked;
  const body = ISSUERS[drn.length]! + drn;
  return made(body + luhnDigit(body));
}

/** The meter number in a PAN. */
export function drnOf(pan: string): Outcome<string, MeterNumberRefusal> {
  const [, short, long] = /^(?:600727(\d{11})|0000(\d{13}))\d$/.exec(pan) ?? [];
  const drn = short ?? long;
  if (drn === undefined) return refused('InvalidMeter');
  return endsInLuhn(pan) ? checkDrn(drn) : refused('CheckDigit');
}

/** The code of the manufacturer, which the number begins with: two digits, or four. */
export function manufacturerCode(drn: string): number {
  return Number(drn.slice(0, drn.length - 9));
}
