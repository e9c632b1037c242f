import fc from 'fast-check';
import { balanceOf, type BalanceFacts } from './balance.rules.js';
import { daysBetween } from './calendar.rules.js';
import { daysLeft, dailyUseOfPurchases, dailyUseOfReadings } from './forecast.rules.js';
import { curveOf, type Purchase, type Reading } from './register.rules.js';

const RUNS = 1_000;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight in Lagos. */
const START = Date.UTC(2026, 9, 31, 23);
const LAGOS = daysBetween('Africa/Lagos', '2026-11-01', '2026-11-14');

beforeAll(() => console.log(`forecast: seed ${seed}, ${RUNS} cases of each property`));
const holds = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, property), { seed, numRuns: RUNS });

/** Read at the end of each of these days, whose use is given. */
function readDaily(uses: readonly bigint[], creditWh: bigint | null = null): Reading[] {
  let totalWh = 0n;
  return [0n, ...uses].map((use, i) => ({ at: START + i * DAY, totalWh: (totalWh += use), creditWh }));
}
const usual = (uses: bigint[]) => dailyUseOfReadings(curveOf(readDaily(uses), []), readDaily(uses), LAGOS);
const uses = fc.array(fc.bigInt(0n, 60_000n), { maxLength: 14 });

describe('a usual day, from readings', () => {
  test('lies between the least and the most, and needs three days', () => {
    holds(uses, (given) => {
      const mean = usual(given);
      expect(mean === undefined).toBe(given.length < 3);
      if (mean === undefined) return;
      const inOrder = [...given].sort((a, b) => Number(a - b));
      expect(mean >= inOrder[0]! && mean <= inOrder.at(-1)!).toBe(true);
    });
  });

  test('is not moved by one wild day among ten alike', () => {
    holds(
      fc.tuple(fc.bigInt(1n, 20_000n), fc.bigInt(0n, 900_000n), fc.nat({ max: 9 })),
      ([day, wild, where]) => {
        const given = Array.from({ length: 10 }, (_, i) => (i === where ? wild : day));
        expect(usual(given)).toBe(day);
      },
    );
  });

  test('is not of days on which the meter stood at zero', () => {
    const given = [4_000n, 4_000n, 4_000n, 0n, 0n, 0n];
    const readings = readDaily(given).map((it, i) => ({ ...it, creditWh: i > 3 ? 0n : 9_000n }));
    expect(dailyUseOfReadings(curveOf(readings, []), readings, LAGOS)).toBe(4_000n);
  });
});

describe('a usual day, from purchases', () => {
  const every = (days: number, count: number, wattHours = 10_000n): Purchase[] =>
    Array.from({ length: count }, (_, i) => ({ at: START + i * days * DAY, wattHours }));

  test('is what was bought by the time that it lasted', () => {
    holds(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 3, max: 12 })), ([days, count]) => {
      const purchases = every(days, count);
      const now = purchases.at(-1)!.at + DAY;
      expect(dailyUseOfPurchases(purchases, now)).toBe(10_000n / BigInt(days));
    });
  });

  test('is unknown for two purchases, for three on one day, and after a long silence', () => {
    expect(dailyUseOfPurchases(every(7, 2), START + 8 * DAY)).toBeUndefined();
    const atOnce = every(0, 3);
    expect(dailyUseOfPurchases(atOnce, START + DAY)).toBeUndefined();
    const [regular, end] = [every(7, 5), START + 28 * DAY];
    expect(dailyUseOfPurchases(regular, end + 14 * DAY)).toBe(1_428n);
    expect(dailyUseOfPurchases(regular, end + 14 * DAY + 1)).toBeUndefined();
  });
});

test('days left: what remains by a usual day, whole; of no use nobody knows', () => {
  const daily = (wattHours: bigint) => ({ basis: 'readings' as const, wattHours });
  holds(fc.tuple(fc.bigInt(0n, 10n ** 9n), fc.bigInt(1n, 10n ** 6n)), ([left, day]) => {
    const days = BigInt(daysLeft(left, daily(day))!);
    expect(days * day <= left && (days + 1n) * day > left).toBe(true);
  });
  expect(daysLeft(5_000n, daily(0n))).toBeUndefined();
  expect(daysLeft(5_000n, undefined)).toBeUndefined();
});

describe('what is left', () => {
  const NOW = START + 5 * DAY;
  const facts = (given: Partial<BalanceFacts>): BalanceFacts => {
    const { readings = [], purchases = [] } = given;
    const base = { daily: undefined, now: NOW, reports: true };
    return { readings, purchases, curve: curveOf(readings, purchases), ...base, ...given };
  };
  const at = (hoursAgo: number, totalWh: bigint | null, creditWh: bigint | null): Reading => ({
    at: NOW - hoursAgo * HOUR,
    totalWh,
    creditWh,
  });
  const daily = { basis: 'readings' as const, wattHours: 2_400n };

  test('is what the meter says, as long as that is fresh', () => {
    const readings = [at(30, 900n, 12_000n), at(1, 1_000n, 11_900n)];
    expect(balanceOf(facts({ readings, daily }))).toEqual({
      wattHours: 11_900n,
      asOf: NOW - HOUR,
      source: 'reading',
    });
  });

  test('is worked out from an old reading, by what was bought and a usual day', () => {
    const readings = [at(60, 1_000n, 12_000n)];
    const purchases = [{ at: NOW - 10 * HOUR, wattHours: 5_000n }];
    expect(balanceOf(facts({ readings, purchases, daily }))).toEqual({
      wattHours: 12_000n + 5_000n - 6_000n,
      asOf: NOW,
      source: 'estimated',
    });
    // An old reading is better than a number that nothing speaks for.
    expect(balanceOf(facts({ readings }))).toMatchObject({ wattHours: 12_000n, source: 'reading' });
  });

  test('what was bought after a typed reading counts; a meter that reports tells it itself', () => {
    const readings = [at(2, null, 3_000n)];
    const purchases = [{ at: NOW - HOUR, wattHours: 20_000n }];
    const typed = balanceOf(facts({ readings, purchases, reports: false }));
    expect(typed).toEqual({ wattHours: 23_000n, asOf: NOW - HOUR, source: 'estimated' });
    expect(balanceOf(facts({ readings, purchases }))).toMatchObject({ wattHours: 3_000n, source: 'reading' });
  });

  test('of a register alone is what was bought less what went through', () => {
    const readings = [at(100, 50_000n, null), at(4, 57_000n, null)];
    const purchases = [{ at: NOW - 90 * HOUR, wattHours: 10_000n }];
    expect(balanceOf(facts({ readings, purchases }))).toMatchObject({
      wattHours: 3_000n,
      source: 'estimated',
    });
    expect(balanceOf(facts({ readings }))).toBeUndefined();
  });

  test('of purchases alone is known when their rhythm is, and of nothing it is not', () => {
    const purchases = [1, 8, 15].map((days) => ({ at: NOW - days * DAY, wattHours: 7_000n })).reverse();
    const used = { basis: 'purchases' as const, wattHours: 1_000n };
    expect(balanceOf(facts({ purchases, daily: used }))).toMatchObject({
      wattHours: 6_000n,
      source: 'estimated',
    });
    expect(balanceOf(facts({ purchases }))).toBeUndefined();
    expect(balanceOf(facts({}))).toBeUndefined();
  });

  test('is never below zero', () => {
    const moment = fc.integer({ min: -400, max: -1 });
    const reading = fc.tuple(moment, fc.option(fc.bigInt(0n, 50_000n)));
    holds(
      fc.tuple(fc.array(reading), fc.array(moment), fc.bigInt(0n, 90_000n)),
      ([given, bought, wattHours]) => {
        const inOrder = given.sort(([a], [b]) => a - b);
        const readings = inOrder.map(([hour, creditWh], i) => at(-hour, BigInt(i) * 700n, creditWh));
        const purchases = bought
          .sort((a, b) => a - b)
          .map((hour) => ({ at: NOW + hour * HOUR, wattHours: 9_000n }));
        const balance = balanceOf(facts({ readings, purchases, daily: { basis: 'readings', wattHours } }));
        if (balance) expect(balance.wattHours >= 0n && balance.asOf <= NOW).toBe(true);
      },
    );
  });
});
