import { createHash } from 'node:crypto';

const HOUR = 3_600_000;
/** The demo's households live in Lagos, where no clock is ever put forward. */
const UTC_OFFSET_HOURS = 1;
/** How a household's day is spread over its hours: little at night, a morning, and an evening with lights and stove. */
const SHAPE = [3, 2, 2, 2, 2, 3, 5, 6, 5, 4, 3, 3, 4, 4, 4, 3, 4, 5, 7, 9, 9, 7, 5, 4];
const SHAPE_SUM = SHAPE.reduce((sum, weight) => sum + weight);
/** A day has between these two, in Wh, by household. */
const SMALL_DAY = 3_000;
const LARGE_DAY = 9_000;

/** What a household takes: the same number always gives the same one. */
export interface LoadProfile {
  seed: number;
  /** Wh of a day, give or take. */
  dayWh: number;
}

export function loadProfileOf(number: string): LoadProfile {
  const seed = createHash('sha256').update(number).digest().readUInt32BE(0);
  return { seed, dayWh: SMALL_DAY + (seed % (LARGE_DAY - SMALL_DAY + 1)) };
}

/** Whole Wh in the hour that begins at this time (in hours since 1970), a fifth more or less than usual by chance. */
export function hourWh({ seed, dayWh }: LoadProfile, hour: number): number {
  const ofDay = (((hour + UTC_OFFSET_HOURS) % 24) + 24) % 24;
  const percent = 80 + (mixed(seed, hour) % 41);
  return Math.round((dayWh * SHAPE[ofDay]! * percent) / (SHAPE_SUM * 100));
}

/** The load in watts at this time, in Unix milliseconds: it is even within an hour. */
export function loadWatts(profile: LoadProfile, at: number): number {
  return hourWh(profile, Math.floor(at / HOUR));
}

/** Parts of one hour, in whole Wh that add up to the hour's, wherever it is cut. Both times in milliseconds of one hour. */
export function partWh(wattHours: number, from: number, to: number): number {
  const until = (at: number) => Math.floor((wattHours * at) / HOUR);
  return until(to) - until(from);
}

/** Cheap and good enough: nobody's money hangs on it. */
function mixed(seed: number, hour: number): number {
  let x = Math.imul(seed ^ hour, 0x9e37_79b1);
  x = Math.imul(x ^ (x >>> 15), 0x85eb_ca6b);
  return (x ^ (x >>> 13)) >>> 0;
}
