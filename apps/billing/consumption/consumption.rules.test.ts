import fc from 'fast-check';
import { dayIn } from '#kernel';
import { addDays, daysBetween, monthsBetween, startOfDay } from './calendar.rules.js';
import { curveOf, energyAt, type Purchase, type Reading, usedBetween } from './register.rules.js';

const RUNS = 500;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const HOUR = 3_600_000;
const ZONES = ['Africa/Lagos', 'Africa/Cairo', 'Asia/Kathmandu', 'America/Santiago', 'Pacific/Kiritimati'];
const START = Date.UTC(2026, 0, 20);

beforeAll(() => console.log(`consumption: seed ${seed}, ${RUNS} cases of each property`));
const holds = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, property), { seed, numRuns: RUNS });

/** A meter that was read at odd times, for up to half a year. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 400 * HOUR }), fc.bigInt(0n, 90_000n)), {
    minLength: 0,
    maxLength: 12,
  })
  .map((steps) => {
    let [at, totalWh] = [START, 5_000n];
    const readings: Reading[] = [{ at, totalWh, creditWh: null }];
    for (const [pause, used] of steps) {
      at += pause;
      totalWh += used;
      readings.push({ at, totalWh, creditWh: null });
    }
    return readings;
  });

test('the days of a month add up to the month, whatever was read and wherever it is', () => {
  holds(
    fc.tuple(history, fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 7 })),
    ([readings, zone, later]) => {
      const curve = curveOf(readings, []);
      const [month] = monthsBetween(zone, `2026-0${later + 1}`, `2026-0${later + 1}`);
      const days = daysBetween(
        zone,
        dayIn(zone, new Date(month!.from)),
        dayIn(zone, new Date(month!.to - 1)),
      );
      const sum = days.reduce(
        (total, { from, to }) => total + (usedBetween(curve, from, to)?.wattHours ?? 0n),
        0n,
      );
      expect(sum).toBe(usedBetween(curve, month!.from, month!.to)?.wattHours ?? 0n);
    },
  );
});

test('all days together are all that went through, and no day is below zero', () => {
  holds(fc.tuple(history, fc.constantFrom(...ZONES)), ([readings, zone]) => {
    const curve = curveOf(readings, []);
    const [first, last] = [readings[0]!, readings.at(-1)!];
    const days = daysBetween(zone, dayIn(zone, new Date(first.at)), dayIn(zone, new Date(last.at)));
    const uses = days.map(({ from, to }) => usedBetween(curve, from, to)?.wattHours ?? 0n);
    expect(uses.every((it) => it >= 0n)).toBe(true);
    expect(uses.reduce((sum, it) => sum + it, 0n)).toBe(last.totalWh! - first.totalWh!);
  });
});

test('a reading in between changes no other day than those beside it', () => {
  holds(fc.tuple(history, fc.nat(), fc.nat({ max: 1000 })), ([readings, which, share]) => {
    fc.pre(readings.length > 2);
    const i = 1 + (which % (readings.length - 1));
    const [a, b] = [readings[i - 1]!, readings[i]!];
    fc.pre(b.at - a.at > 1);
    const at = a.at + 1 + Math.floor(((b.at - a.at - 2) * share) / 1000);
    const totalWh = a.totalWh! + ((b.totalWh! - a.totalWh!) * BigInt(share)) / 1000n;
    const more = [...readings.slice(0, i), { at, totalWh, creditWh: null }, ...readings.slice(i)];
    const [before, after] = [curveOf(readings, []), curveOf(more, [])];
    for (const moment of [readings[0]!.at, a.at, b.at, readings.at(-1)!.at]) {
      expect(energyAt(after, moment)).toBe(energyAt(before, moment));
    }
  });
});

test('days of a calendar join without a gap, and begin when the date changes', () => {
  holds(fc.tuple(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 700 })), ([zone, later]) => {
    const day = addDays('2025-06-01', later);
    const at = startOfDay(zone, day);
    expect(dayIn(zone, new Date(at)) >= day).toBe(true);
    expect(dayIn(zone, new Date(at - 1)) < day).toBe(true);
  });
});

test('a day on which clocks are put forward at midnight has 23 hours', () => {
  // Cairo, 24 April 2026: at 0:00 it is 1:00.
  const [day] = daysBetween('Africa/Cairo', '2026-04-24', '2026-04-24');
  expect(day!.to - day!.from).toBe(23 * HOUR);
});

describe('a meter that tells its credit alone', () => {
  const credit = (at: number, creditWh: bigint): Reading => ({ at, totalWh: null, creditWh });
  const bought = (at: number, wattHours: bigint): Purchase => ({ at, wattHours });

  test('has used what its credit fell, and what was bought meanwhile', () => {
    const curve = curveOf(
      [credit(0, 10_000n), credit(10, 4_000n), credit(20, 22_000n)],
      [bought(15, 20_000n)],
    );
    expect(curve.map(({ wattHours }) => wattHours)).toEqual([0n, 6_000n, 8_000n]);
  });

  test('whose credit rose by what nobody here bought has used nothing that we know of', () => {
    const curve = curveOf([credit(0, 1_000n), credit(10, 50_000n), credit(20, 45_000n)], []);
    expect(curve.map(({ wattHours }) => wattHours)).toEqual([0n, 0n, 5_000n]);
  });
});

test('between two readings it rises evenly, rounded down; outside of them nothing is known', () => {
  const curve = curveOf(
    [
      { at: 0, totalWh: 100n, creditWh: null },
      { at: 3, totalWh: 101n, creditWh: null },
    ],
    [],
  );
  expect([-1, 0, 1, 2, 3, 4].map((at) => energyAt(curve, at))).toEqual([
    undefined,
    100n,
    100n,
    100n,
    101n,
    undefined,
  ]);
  expect(usedBetween(curve, -5, 2)).toEqual({ wattHours: 0n, complete: false });
  expect(usedBetween(curve, 3, 9)).toBeUndefined();
});
