import { fromRestrictedDigits, STANDARD, valueOf, withEnding, endingOf } from './code-chain.rules.js';
import { COUNTER_SYNC, MAX_TIME, UNLOCK, type DeviceFacts } from './issue-code.rules.js';

/** How many counts a device looks ahead, and how many when the code is a counter sync. */
const AHEAD = 64;
const AHEAD_IN_SYNC = 100;
/** How many counts back codes that add time are still taken, if they were not used. */
const WINDOW = 16;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** A device that is paid by time. Every change makes a new state: keep it before its answer is shown. */
export interface DeviceState {
  readonly facts: DeviceFacts;
  /** Steps of time in a day, 1..255. */
  readonly timeDivider: number;
  /** Of the last accepted code. */
  readonly count: number;
  readonly usedCounts: readonly number[];
  /** Milliseconds of the clock; `unlocked` for good. */
  readonly activeUntil: number | 'unlocked';
  readonly invalidTries: number;
  readonly blockedUntil: number;
}

export type DeviceAnswer = 'valid' | 'already_used' | 'invalid' | 'blocked';

export interface DeviceReply {
  answer: DeviceAnswer;
  device: DeviceState;
}

export function newDevice(facts: DeviceFacts, at: Date, count = 0, timeDivider = 1): DeviceState {
  return {
    facts,
    timeDivider,
    count,
    usedCounts: [],
    activeUntil: at.getTime(),
    invalidTries: 0,
    blockedUntil: 0,
  };
}

/** A code of nine digits (or fifteen from 1 to 4) is typed at this time. */
export function enterCode(device: DeviceState, text: string, at: Date): DeviceReply {
  if (at.getTime() < device.blockedUntil) return { answer: 'blocked', device };
  const code = readCode(text, device.facts);
  const found = code === undefined ? 'invalid' : search(device, code);
  if (found === 'already_used') return { answer: found, device };
  if (found === 'invalid') return { answer: found, device: afterInvalid(device, at) };
  const { value, count } = found;
  const counted = {
    ...device,
    count: newCount(device, value, count),
    usedCounts: used(device, value, count),
  };
  const activeUntil = activity(device, value, count, at.getTime());
  return { answer: 'valid', device: { ...counted, activeUntil, invalidTries: 0, blockedUntil: 0 } };
}

function readCode(text: string, { restrictedDigitSet }: DeviceFacts): bigint | undefined {
  if (restrictedDigitSet) return fromRestrictedDigits(text, STANDARD);
  return /^\d{9}$/.test(text) ? BigInt(text) : undefined;
}

interface Found {
  value: number;
  count: number;
}

/** Walks the chain of the code's value up to where the device may look. */
function search(device: DeviceState, code: bigint): Found | 'already_used' | 'invalid' {
  const { startingCode, key } = device.facts;
  const value = valueOf(code, startingCode, STANDARD);
  const ending = endingOf(value, startingCode, STANDARD);
  const last = device.count + (value === COUNTER_SYNC ? AHEAD_IN_SYNC : AHEAD);
  let link = withEnding(BigInt(startingCode), ending, STANDARD);
  let seen = false;
  for (let count = 0; count <= last; count++) {
    if (withEnding(link, ending, STANDARD) === code) {
      if (isAcceptable(device, value, count)) return { value, count };
      seen = true;
    }
    link = STANDARD.next(link, key);
  }
  return seen ? 'already_used' : 'invalid';
}

const addsTime = (count: number) => count % 2 === 0;

function isAcceptable(device: DeviceState, value: number, count: number): boolean {
  if (value === COUNTER_SYNC) return count > device.count - AHEAD;
  if (count > device.count) return true;
  return addsTime(count) && count > device.count - WINDOW && !device.usedCounts.includes(count);
}

function newCount(device: DeviceState, value: number, count: number): number {
  return count > device.count || value === COUNTER_SYNC ? count : device.count;
}

/** Setting time and the orders close the window: what was not used before them is lost. */
function used(device: DeviceState, value: number, count: number): number[] {
  const high = Math.max(count, ...device.usedCounts);
  const closes = !addsTime(count) || value === UNLOCK || value === COUNTER_SYNC;
  const window = Array.from({ length: WINDOW + 1 }, (_, i) => high - WINDOW + i);
  return window.filter((it) => closes || it === count || device.usedCounts.includes(it));
}

function activity(device: DeviceState, value: number, count: number, now: number): number | 'unlocked' {
  const { activeUntil, timeDivider } = device;
  if (value === UNLOCK) return 'unlocked';
  if (value > MAX_TIME) return activeUntil;
  const time = (value * DAY) / timeDivider;
  if (!addsTime(count)) return now + time;
  return activeUntil === 'unlocked' ? activeUntil : Math.max(activeUntil, now) + time;
}

/** Two minutes, four, eight, …: so that nobody tries them all. */
function afterInvalid(device: DeviceState, at: Date): DeviceState {
  const invalidTries = device.invalidTries + 1;
  return { ...device, invalidTries, blockedUntil: at.getTime() + 2 ** invalidTries * MINUTE };
}
