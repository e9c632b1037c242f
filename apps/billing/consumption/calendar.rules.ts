import { dayIn } from '#kernel';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The first and the last place on earth to begin a day are 14 hours before and 12 after Greenwich; an hour to spare. */
const EARLIEST = 15 * 60;
const LATEST = 13 * 60;

/** A day or a month of a utility: `2026-11-28` or `2026-11`. `to` is the moment at which the next one begins. */
export interface Period {
  name: string;
  from: number;
  to: number;
}

/**
 * The moment, in Unix milliseconds, at which a calendar day begins in a time zone. It is looked for rather than
 * calculated: where clocks are put forward at midnight, a day begins at one o'clock.
 */
export function startOfDay(timeZone: string, day: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let [before, from] = [-EARLIEST, LATEST];
  while (from - before > 1) {
    const middle = (before + from) >> 1;
    if (dayIn(timeZone, new Date(midnight + middle * MINUTE)) < day) before = middle;
    else from = middle;
  }
  return midnight + from * MINUTE;
}

/** `2026-11-28` and 3 make `2026-12-01`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** `2026-11` and 3 make `2027-02`. */
export function addMonths(month: string, months: number): string {
  const [year = 0, ofYear = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ofYear - 1 + months, 1)).toISOString().slice(0, 7);
}

/** The days from the first to the last one, both included. */
export function daysBetween(timeZone: string, first: string, last: string): Period[] {
  return periods(timeZone, first, last, (day) => day, addDays);
}

/** The months from the first to the last one, both included. */
export function monthsBetween(timeZone: string, first: string, last: string): Period[] {
  return periods(timeZone, first, last, (month) => `${month}-01`, addMonths);
}

function periods(
  timeZone: string,
  first: string,
  last: string,
  firstDayOf: (name: string) => string,
  add: (name: string, count: number) => string,
): Period[] {
  const found: Period[] = [];
  let from = startOfDay(timeZone, firstDayOf(first));
  for (let name = first; name <= last; name = add(name, 1)) {
    const to = startOfDay(timeZone, firstDayOf(add(name, 1)));
    found.push({ name, from, to });
    from = to;
  }
  return found;
}
