import { made, refused, type Outcome } from '../outcome.js';

/** The years whose first minute (UTC) token identifiers are counted from. A property of the vending key. */
export const BASE_DATES = [1993, 2014, 2035] as const;
export type BaseDate = (typeof BASE_DATES)[number];

export const MAX_TID = 0xff_ffff;
const MINUTE = 60_000;
const MINUTES_OF_A_DAY = 1_440;

/** `KeyBeforeBaseDate`: the time is before the base date; `KeyExpired`: the base date is used up. */
export type TidRefusal = 'KeyBeforeBaseDate' | 'KeyExpired';

/** 00:01 of each day is kept for special tokens. */
export function isReservedTid(tid: number): boolean {
  return tid % MINUTES_OF_A_DAY === 1;
}

/** The identifier of a token made at this time: the minute, and 00:02 instead of the reserved one. */
export function tidAt(at: Date, baseDate: BaseDate): Outcome<number, TidRefusal> {
  return nextTid(at, baseDate, -1);
}

/**
 * The identifier for a meter whose last one (under the same key) is known: the minute of the clock, or the next free one
 * after the last, never the reserved one. Without a last one -1. They rise, whatever the clock does.
 */
export function nextTid(at: Date, baseDate: BaseDate, lastTid: number): Outcome<number, TidRefusal> {
  const minute = Math.floor((at.getTime() - Date.UTC(baseDate, 0)) / MINUTE);
  if (minute < 0) return refused('KeyBeforeBaseDate');
  const free = Math.max(minute, lastTid + 1);
  const tid = isReservedTid(free) ? free + 1 : free;
  return tid > MAX_TID ? refused('KeyExpired') : made(tid);
}

/** The minute that an identifier stands for. */
export function timeOfTid(tid: number, baseDate: BaseDate): Date {
  return new Date(Date.UTC(baseDate, 0) + tid * MINUTE);
}

/** A key's expiry number (KEN, 0..255) is compared with the high byte; one step is about 45 days. */
export function isBeyondKen(tid: number, ken: number): boolean {
  return tid >> 16 > ken;
}
