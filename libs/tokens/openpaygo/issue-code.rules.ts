import { made, refused, type Outcome } from '../outcome.js';
import {
  endingOf,
  EXTENDED,
  STANDARD,
  toRestrictedDigits,
  withEnding,
  type DeviceKey,
} from './code-chain.rules.js';

/** What a code does. `unlock` is for good; `counter_sync` brings a device that fell behind to the server's count. */
export const CODE_KINDS = ['add_time', 'set_time', 'unlock', 'counter_sync'] as const;
export type CodeKind = (typeof CODE_KINDS)[number];

/** The most time in one code. Above it are orders. */
export const MAX_TIME = 995;
export const UNLOCK = 998;
export const COUNTER_SYNC = 999;

export interface DeviceFacts {
  key: DeviceKey;
  /** 1..999999999, set when the device was made. */
  startingCode: number;
  /** Codes of the digits 1 to 4. */
  restrictedDigitSet?: boolean;
}

export interface CodeOrder {
  kind: CodeKind;
  /** Time in the steps of the device, 0..995; nothing for the other kinds. In an extended code 0..999999. */
  value?: number;
  /** Of the last code that was made for the device. */
  count: number;
  /** Twelve digits instead of nine. */
  extended?: boolean;
}

export interface IssuedCode {
  code: string;
  /** To be stored: the next one is made from it. */
  count: number;
}

export type CodeRefusal = 'AmountOutOfRange' | 'InvalidMeter' | 'InvalidCount';

/** Steps of time for a number of days, where a day has `timeDivider` steps (1..255). */
export function timeSteps(days: number, timeDivider = 1): Outcome<number, 'AmountOutOfRange'> {
  const steps = Math.round(days * timeDivider);
  return steps >= 0 && steps <= MAX_TIME ? made(steps) : refused('AmountOutOfRange');
}

/** Adding time has even counts, all else odd ones: a device knows the kind by it. */
export function nextCount(count: number, kind: CodeKind): number {
  const parity = kind === 'add_time' ? 0 : 1;
  return (count + 1) % 2 === parity ? count + 1 : count + 2;
}

export function issueCode(device: DeviceFacts, order: CodeOrder): Outcome<IssuedCode, CodeRefusal> {
  const form = order.extended ? EXTENDED : STANDARD;
  const value = valueFor(order);
  if (value === undefined) return refused('AmountOutOfRange');
  if (!Number.isInteger(order.count) || order.count < 0) return refused('InvalidCount');
  if (!isStartingCode(device.startingCode)) return refused('InvalidMeter');
  const count = nextCount(order.count, order.kind);
  const ending = endingOf(value, device.startingCode, form);
  let code = withEnding(BigInt(device.startingCode), ending, form);
  for (let step = 0; step < count; step++) code = form.next(code, device.key);
  const masked = withEnding(code, ending, form);
  const text = device.restrictedDigitSet
    ? toRestrictedDigits(masked, form)
    : masked.toString().padStart(form.digits, '0');
  return made({ code: text, count });
}

export function isStartingCode(code: number): boolean {
  return Number.isInteger(code) && code >= 1 && code <= 999_999_999;
}

function valueFor({ kind, value, extended }: CodeOrder): number | undefined {
  switch (kind) {
    case 'unlock':
      return UNLOCK;
    case 'counter_sync':
      return COUNTER_SYNC;
    case 'add_time':
    case 'set_time': {
      const most = extended ? Number(EXTENDED.values) - 1 : MAX_TIME;
      return value !== undefined && Number.isInteger(value) && value >= 0 && value <= most
        ? value
        : undefined;
    }
  }
}
