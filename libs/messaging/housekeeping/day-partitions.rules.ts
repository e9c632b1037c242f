const DAY_MILLIS = 86_400_000;

/** One day's partition of a table whose key is a UUIDv7: the ids that were made on that day (UTC). */
export interface DayPartition {
  name: string;
  /** Start of the day, Unix milliseconds. */
  from: number;
  lowest: string;
  /** The first id that does not belong to it. */
  above: string;
}

export function startOfDay(millis: number): number {
  return Math.floor(millis / DAY_MILLIS) * DAY_MILLIS;
}

/** The partitions from the day of `from` to the day of `to`, both included. */
export function daysBetween(table: string, from: number, to: number): DayPartition[] {
  const days: DayPartition[] = [];
  for (let day = startOfDay(from); day <= to; day += DAY_MILLIS) days.push(partitionOf(table, day));
  return days;
}

/** `outbox_d20261121` → the partition; undefined for other names. */
export function partitionNamed(table: string, name: string): DayPartition | undefined {
  const match = /^(\w+)_d(\d{4})(\d{2})(\d{2})$/.exec(name);
  if (!match || match[1] !== table) return undefined;
  return partitionOf(table, Date.UTC(Number(match[2]), Number(match[3]) - 1, Number(match[4])));
}

/** A day's ids that nobody has to keep any more when `keepDays` have passed since its end. */
export function isOver(partition: DayPartition, nowMillis: number, keepDays: number): boolean {
  return partition.from + DAY_MILLIS + keepDays * DAY_MILLIS <= nowMillis;
}

/** The lowest UUIDv7 of a moment. */
export function lowestId(millis: number): string {
  const hex = millis.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function partitionOf(table: string, day: number): DayPartition {
  const date = new Date(day).toISOString().slice(0, 10).replaceAll('-', '');
  return {
    name: `${table}_d${date}`,
    from: day,
    lowest: lowestId(day),
    above: lowestId(day + DAY_MILLIS),
  };
}
