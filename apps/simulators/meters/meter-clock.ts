import type { Clock } from '#kernel';

const HOUR = 3_600_000;
/** An hour in a second. */
export const SPEED_MAX = 3_600;

/** A meter's own time: it starts with ours, runs at its own speed and can be put forward, never back. */
export class MeterClock {
  private meterTime: number;
  private since: number;
  private speedNow = 1;

  constructor(private readonly clock: Clock) {
    this.since = clock.now().getTime();
    this.meterTime = this.since;
  }

  get speed(): number {
    return this.speedNow;
  }

  now(): number {
    const now = this.clock.now().getTime();
    this.meterTime += Math.max(0, now - this.since) * this.speedNow;
    this.since = now;
    return Math.floor(this.meterTime);
  }

  /** Meter seconds in a second of ours: 0 stands still. */
  setSpeed(speed: number): void {
    this.now();
    this.speedNow = speed;
  }

  advanceHours(hours: number): void {
    this.meterTime = this.now() + hours * HOUR;
  }
}
