const SECONDS = 60;

/** How many events this process handled in the last minute, and how long after they were announced. */
export class EventRate {
  private readonly buckets = Array.from({ length: SECONDS }, () => ({ second: -1, count: 0, lagMillis: 0 }));

  /** `announced`: the event's own time, ISO 8601. */
  handled(announced: string, nowMillis: number): void {
    const second = Math.floor(nowMillis / 1000);
    const bucket = this.buckets[second % SECONDS]!;
    if (bucket.second !== second) Object.assign(bucket, { second, count: 0, lagMillis: 0 });
    bucket.count += 1;
    const lag = nowMillis - Date.parse(announced);
    if (lag > bucket.lagMillis) bucket.lagMillis = lag; // false for what is no time
  }

  /** Events per second over the last minute, and the longest lag in it. */
  read(nowMillis: number): { perSecond: number; lagSeconds: number } {
    const since = Math.floor(nowMillis / 1000) - SECONDS;
    const recent = this.buckets.filter(({ second }) => second > since);
    const count = recent.reduce((sum, bucket) => sum + bucket.count, 0);
    const lagMillis = recent.reduce((longest, bucket) => Math.max(longest, bucket.lagMillis), 0);
    return { perSecond: count / SECONDS, lagSeconds: lagMillis / 1000 };
  }
}
