import { Ring } from '../ring.js';
import { hourWh, type LoadProfile, loadProfileOf, loadWatts, partWh } from './load-profile.rules.js';
import type { Entry, MeterBody } from './meter-body.js';
import type { MeterClock } from './meter-clock.js';

const HOUR = 3_600_000;
/** Two months and a bit. */
const HOURS_KEPT = 24 * 62;

/** What a meter remembers of an hour, at its end. */
export interface HourReading {
  /** The end of the hour, in milliseconds of the meter's clock. */
  at: number;
  usedWh: number;
  totalWh: bigint;
  creditWh: bigint | null;
  closed: boolean;
}

/** Told when the relay opens or closes, with the meter's time. */
export type RelayWatcher = (closed: boolean, at: number) => void;

/** A meter on a wall: tokens go in by its keypad, energy goes through as long as there is credit. */
export class SimulatedMeter {
  readonly readings = new Ring<HourReading>(HOURS_KEPT);
  private readonly profile: LoadProfile;
  private totalWh = 0n;
  private hourUsedWh = 0;
  private countedTo: number;
  private wasClosed = false;
  private message = '';

  constructor(
    readonly number: string,
    readonly body: MeterBody,
    readonly clock: MeterClock,
    private readonly watchRelay: RelayWatcher,
  ) {
    this.profile = loadProfileOf(number);
    this.countedTo = clock.now();
  }

  /** Digits are keyed; spaces and dashes have no key. */
  enter(text: string): Entry {
    const at = this.catchUp();
    const entry = this.body.enter(text.replace(/[ -]/g, ''), at);
    this.relay(at);
    return entry;
  }

  show(message: string): void {
    this.message = message;
  }

  /** The energy of the time since somebody last looked goes through now. Returns the meter's time. */
  catchUp(): number {
    const now = this.clock.now();
    while (this.countedTo < now) {
      const hour = Math.floor(this.countedTo / HOUR);
      const end = Math.min((hour + 1) * HOUR, now);
      this.use(hour, this.countedTo, end);
      this.countedTo = end;
      if (end === (hour + 1) * HOUR) this.remember(end);
    }
    this.relay(now);
    return now;
  }

  state() {
    const at = this.catchUp();
    const closed = this.body.isClosed(at);
    return {
      at,
      ...this.body.plate(),
      closed,
      totalWh: this.totalWh,
      loadW: closed ? loadWatts(this.profile, at) : 0,
      message: this.message,
    };
  }

  private use(hour: number, from: number, to: number): void {
    const start = hour * HOUR;
    const wanted = partWh(hourWh(this.profile, hour), from - start, to - start);
    const used = this.body.take(wanted, from, to);
    this.totalWh += BigInt(used);
    this.hourUsedWh += used;
    this.relay(to);
  }

  private remember(at: number): void {
    const { creditWh } = this.body.plate();
    const closed = this.body.isClosed(at);
    this.readings.push({ at, usedWh: this.hourUsedWh, totalWh: this.totalWh, creditWh, closed });
    this.hourUsedWh = 0;
  }

  private relay(at: number): void {
    const closed = this.body.isClosed(at);
    if (closed === this.wasClosed) return;
    this.wasClosed = closed;
    this.watchRelay(closed, at);
  }
}
