const MINUTE = 60_000;
const DAY = 24 * 60;

/** Times of the day in a time zone; `to` before `from` is the next morning. */
export interface QuietHours {
  /** `22:00` */
  from: string;
  to: string;
  timeZone: string;
}

export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The moment, in Unix milliseconds, at which the quiet hours of now end; undefined when it is not quiet. */
export function quietUntil(quiet: QuietHours | undefined, now: number): number | undefined {
  if (!quiet) return undefined;
  const minute = minuteOfDay(quiet.timeZone, now);
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet || from === to) return undefined;
  const minutes = (to - minute + DAY) % DAY;
  return Math.floor(now / MINUTE) * MINUTE + minutes * MINUTE;
}

function minuteOfDay(timeZone: string, at: number): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return minutesOf(format.format(at));
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
