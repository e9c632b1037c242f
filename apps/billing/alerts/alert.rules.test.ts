import fc from 'fast-check';
import {
  type AlertRow,
  ALERTS,
  ARMED,
  type Limits,
  type MeterFacts,
  nextAlert,
  observe,
} from './alert.rules.js';
import { quietUntil } from './quiet-hours.rules.js';

const RUNS = 500;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
beforeAll(() => console.log(`alerts: seed ${seed}, ${RUNS} cases of each property`));
const holds = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, property), { seed, numRuns: RUNS });

const LIMITS: Limits = { lowBalanceWh: 5_000n, daysLeft: 3, dailyUseWh: 8_000n, monthlyBudget: 100_00n };
const NOTHING: MeterFacts = {
  balanceWh: undefined,
  daysLeft: undefined,
  days: [],
  month: { name: '2026-11', spent: 0n },
};

/** Runs balances by, and says which of them were told. `~` after one: it was seen in quiet hours. */
function told(...balances: (string | number)[]): number[] {
  let row: AlertRow = ARMED;
  const seen: number[] = [];
  for (const balance of balances) {
    const kwh = parseFloat(String(balance));
    const observation = observe('low_balance', LIMITS, { ...NOTHING, balanceWh: BigInt(kwh * 1000) });
    const next = nextAlert(row, observation, !String(balance).endsWith('~'));
    row = next.row;
    if (next.tell) seen.push(kwh);
  }
  return seen;
}

describe('a low balance', () => {
  test.each<[string, (string | number)[], number[]]>([
    ['is told once while it falls', [9, 6, 5, 4, 3, 0], [5]],
    ['is not told again for swinging about its limit', [6, 4.9, 5.1, 4.9, 5.9, 4.9], [4.9]],
    ['is told again once it had recovered', [4, 6, 4], [4, 4]],
    ['is held back while it is quiet, and told afterwards', [6, '4~', '3~', 2], [2]],
    ['that was bought away in quiet hours is not told', [6, '4~', 20, 19], []],
    ['and what follows is told as ever', ['4~', 20, 5], [5]],
  ])('%s: %j', (_, balances, expected) => {
    expect(told(...balances)).toEqual(expected);
  });

  test('is told as often as it falls to its limit after a recovery, in whatever order it moves', () => {
    holds(fc.array(fc.integer({ min: 0, max: 12 })), (balances) => {
      let [armed, expected] = [true, 0];
      for (const kwh of balances) {
        if (armed && kwh <= 5) [armed, expected] = [false, expected + 1];
        else if (!armed && kwh >= 6) armed = true;
      }
      expect(told(...balances)).toHaveLength(expected);
    });
  });
});

test('seen twice, it is told once, whatever it is', () => {
  const facts = fc.record({
    balanceWh: fc.option(fc.bigInt(0n, 9_000n), { nil: undefined }),
    daysLeft: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
    days: fc.array(
      fc.record({ name: fc.constantFrom('2026-11-27', '2026-11-28'), usedWh: fc.bigInt(0n, 20_000n) }),
      {
        maxLength: 2,
      },
    ),
    month: fc.record({ name: fc.constantFrom('2026-10', '2026-11'), spent: fc.bigInt(0n, 300_00n) }),
  });
  holds(fc.tuple(fc.constantFrom(...ALERTS), fc.array(fc.tuple(facts, fc.boolean()))), ([alert, sights]) => {
    let row: AlertRow = ARMED;
    for (const [seen, mayTell] of sights) {
      const observation = observe(alert, LIMITS, seen);
      const once = nextAlert(row, observation, mayTell);
      const twice = nextAlert(once.row, observation, mayTell);
      expect(twice.tell).toBe(false);
      expect(twice.row.state).toBe(
        once.row.state === 'raised' && observation?.recovered ? 'armed' : once.row.state,
      );
      if (once.tell) expect(mayTell && observation?.crossed).toBe(true);
      row = twice.row;
    }
  });
});

describe('a day or a month', () => {
  const day = (name: string, usedWh: bigint) => ({ ...NOTHING, days: [{ name, usedWh }] });
  const see = (row: AlertRow, facts: MeterFacts) => nextAlert(row, observe('daily_use', LIMITS, facts), true);

  test('with more than its limit is told once, and the next one again', () => {
    const first = see(ARMED, day('2026-11-27', 8_001n));
    expect(first.tell).toBe(true);
    expect(see(first.row, day('2026-11-27', 12_000n)).tell).toBe(false);
    const next = see(first.row, day('2026-11-28', 8_000n));
    expect(next.tell).toBe(false);
    expect(see(next.row, day('2026-11-28', 9_000n)).tell).toBe(true);
  });

  test('that lies behind the last one is no news', () => {
    const { row } = see(ARMED, day('2026-11-28', 100n));
    expect(see(row, day('2026-11-27', 9_000n))).toEqual({ row, tell: false });
  });

  test('whose budget is spent is told when it is exceeded', () => {
    const month = (spent: bigint) =>
      observe('monthly_budget', LIMITS, { ...NOTHING, month: { name: '2026-11', spent } });
    expect([99_99n, 100_00n, 100_01n].map((spent) => month(spent)!.crossed)).toEqual([false, false, true]);
  });
});

test('what is not known, or not wanted, is never told', () => {
  const none: Limits = { lowBalanceWh: null, daysLeft: null, dailyUseWh: null, monthlyBudget: null };
  const low = { ...NOTHING, balanceWh: 0n, daysLeft: 0 };
  for (const alert of ALERTS) expect(observe(alert, none, low)).toBeUndefined();
  for (const alert of ['low_balance', 'days_left', 'daily_use'] as const) {
    expect(nextAlert(ARMED, observe(alert, LIMITS, NOTHING), true)).toEqual({ row: ARMED, tell: false });
  }
});

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:00', timeZone: 'Africa/Lagos' };
  const at = (time: string) => Date.parse(`2026-11-28T${time}Z`);
  const ends = (time: string, quiet = night) => {
    const until = quietUntil(quiet, at(time));
    return until === undefined ? undefined : new Date(until).toISOString().slice(0, 16);
  };

  test('are of the place, over midnight, and end by the minute', () => {
    expect(ends('20:59:59')).toBeUndefined(); // 21:59 in Lagos
    expect(ends('21:00:00')).toBe('2026-11-29T06:00');
    expect(ends('05:59:30')).toBe('2026-11-28T06:00');
    expect(ends('06:00:00')).toBeUndefined();
    expect(ends('12:30:00', { ...night, from: '13:00', to: '14:00' })).toBe('2026-11-28T13:00');
    expect(quietUntil(undefined, at('00:00:00'))).toBeUndefined();
  });

  test('are over when they are said to be over', () => {
    const time = fc
      .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
      .map((it) => it.map((n) => `${n}`.padStart(2, '0')).join(':'));
    holds(fc.tuple(time, time, fc.nat({ max: 10 ** 12 })), ([from, to, now]) => {
      const quiet = { from, to, timeZone: 'Asia/Kathmandu' };
      const until = quietUntil(quiet, now);
      if (until === undefined) return;
      expect(until).toBeGreaterThan(now);
      expect(quietUntil(quiet, until)).toBeUndefined();
      expect(quietUntil(quiet, until - 1)).toBe(until);
    });
  });
});
