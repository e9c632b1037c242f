import fc from 'fast-check';
import { type Currency, unwrap } from '#kernel';
import { carriedByToken } from '../quotes/carried.rules.js';
import { DEMO_TARIFFS } from './demo-tariffs.js';
import { amountForUnits, energyLines, leastAmount, priceOfAmount, type Start } from './price.rules.js';
import { readTerms, type Terms } from './terms.rules.js';
import type { WrittenTerms } from './written-terms.js';

const FRESH: Start = { boughtWh: 0n, fixedMonths: 0, arrears: 0n, hour: 12 };

function demo(id: string): Terms {
  const { terms, currency = 'NGN' } = DEMO_TARIFFS.find((it) => it.id === id)!;
  return unwrap(readTerms(terms, currency));
}

function sold(terms: Terms, amount: bigint, start: Partial<Start> = {}) {
  const price = priceOfAmount(amount, terms, { ...FRESH, ...start });
  if (!price) return undefined;
  return [
    price.wattHours,
    ...price.lines.map((it) => [it.label, it.amount, ...(it.wattHours ? [it.wattHours] : [])]),
  ];
}

describe('worked by hand', () => {
  test('Rwanda: 5,000 francs on a meter that bought nothing this month', () => {
    // 15 kWh × 89 = 1,335, left 3,665; 3,665 / 212 = 17.287 → 17.2 kWh × 212 = 3,646.4.
    // 1,335 + 3,646.4 = 4,981.4 → 4,981; without the first block 3,646; left 19 (0.1 kWh more costs 21).
    expect(sold(demo('rw-residential'), 5_000n)).toEqual([
      32_200n,
      ['Energy', 1_335n, 15_000n],
      ['Energy', 3_646n, 17_200n],
      ['Rounding', 19n],
    ]);
  });

  test('Rwanda: the same money after 48 kWh starts in the second block and reaches the third', () => {
    // 2 kWh × 212 = 424, left 4,576; 4,576 / 249 = 18.377 → 18.3 kWh × 249 = 4,556.7.
    // The month's first 50 kWh cost 1,335 + 7,420 = 8,755, its first 48 kWh 8,331, its first 68.3 kWh
    // 8,755 + 4,556.7 = 13,311.7 → 13,312; lines 424 and 4,557; left 19.
    expect(sold(demo('rw-residential'), 5_000n, { boughtWh: 48_000n })).toEqual([
      20_300n,
      ['Energy', 424n, 2_000n],
      ['Energy', 4_557n, 18_300n],
      ['Rounding', 19n],
    ]);
  });

  test('Uganda: two unpaid months, old debt and 50,000 shillings', () => {
    // Fee 2 × 3,360 = 6,720. Debt 30 % of 50,000 − 6,720 = 43,280: 12,984; of 100,000 remain 87,016.
    // Left with fee 37,016; / 1.18 = 31,369.49 for fee and energy; energy up to 24,649.
    // 15 kWh × 250 = 3,750, left 20,899; / 796.4 = 26.24 → 26.2 kWh × 796.4 = 20,865.68.
    // 3,750 + 20,865.68 = 24,615.68 → 24,616, less 3,750 is 20,866. VAT 18 % of 31,336 = 5,640.48 → 5,640.
    // 6,720 + 12,984 + 5,640 + 3,750 + 20,866 = 49,960; left 40.
    const price = priceOfAmount(50_000n, demo('ug-domestic'), {
      ...FRESH,
      fixedMonths: 2,
      arrears: 100_000n,
    })!;
    expect(price.lines.map(({ label, amount }) => [label, amount])).toEqual([
      ['Service fee', 6_720n],
      ['Old debt, 30 %', 12_984n],
      ['VAT 18 %', 5_640n],
      ['Energy', 3_750n],
      ['Energy', 20_866n],
      ['Rounding', 40n],
    ]);
    expect([price.wattHours, price.lines[1]!.remaining]).toEqual([41_200n, 87_016n]);
  });

  test('Uganda: where the debt stands first, its share is of the whole purchase', () => {
    // 30 % of 50,000 = 15,000. Left 35,000, / 1.18 = 29,661.02; less the fee of 6,720 are 22,941 of energy.
    // 3,750 + 24.0 kWh × 796.4 = 22,863.6 → 22,864. VAT 18 % of 29,584 = 5,325.12 → 5,325. Left 91.
    const terms = demo('ug-domestic');
    const [fee, debt, vat] = terms.charges;
    const first = { ...terms, charges: [debt!, fee!, vat!] };
    expect(sold(first, 50_000n, { fixedMonths: 2, arrears: 100_000n })).toEqual([
      39_000n,
      ['Old debt, 30 %', 15_000n],
      ['Service fee', 6_720n],
      ['VAT 18 %', 5_325n],
      ['Energy', 3_750n, 15_000n],
      ['Energy', 19_114n, 24_000n],
      ['Rounding', 91n],
    ]);
  });

  test('Uganda: the last of the debt is taken once, and no more than there is', () => {
    // Debt 500, less than 30 %. Left 9,500, / 1.18 = 8,050.85; 15 kWh = 3,750, left 4,300.85; / 796.4 = 5.4004:
    // 5.4 kWh × 796.4 = 4,300.56; 8,050.56 → 8,051; VAT 1,449.18 → 1,449; 500 + 1,449 + 8,051 = 10,000.
    const price = priceOfAmount(10_000n, demo('ug-domestic'), { ...FRESH, arrears: 500n })!;
    expect(price.lines[0]).toMatchObject({ kind: 'arrears', amount: 500n, remaining: 0n });
    expect([price.wattHours, price.lines.at(-1)!.amount]).toEqual([20_400n, 4_301n]);
  });

  test('Kenya: 500 shillings, line by line; VAT is on the energy, fuel, exchange and inflation alone', () => {
    // A kWh costs 1,630 + 416 + 116 + 46 = 2,208 cents, VAT 353.28, regulator 8, water 1.32, rural 81.5: 2,652.1.
    // 50,000 / 2,652.1 = 18.853 → 18.8 kWh: energy 30,644; fuel 7,820.8; exchange 2,180.8; inflation 864.8;
    // VAT 16 % of 30,644 + 7,821 + 2,181 + 865 = 41,511 is 6,641.76; 150.4; 24.816; 5 % of 30,644 is 1,532.2.
    expect(sold(demo('ke-domestic-ordinary'), 50_000n)).toEqual([
      18_800n,
      ['Fuel cost', 7_821n],
      ['Foreign exchange', 2_181n],
      ['Inflation', 865n],
      ['VAT 16 %', 6_642n],
      ['Regulator levy', 150n],
      ['Water levy', 25n],
      ['Rural levy 5 %', 1_532n],
      ['Energy', 30_644n, 18_800n],
      ['Rounding', 140n],
    ]);
  });

  test('Nigeria: 10,000 naira at band A', () => {
    // 1,000,000 / 1.075 = 930,232.6 kobo; / 20,950 = 44.40 kWh: 930,180; VAT 69,763.5 → 69,764; left 56.
    expect(sold(demo('ng-band-a'), 1_000_000n)).toEqual([
      44_400n,
      ['VAT 7.5 %', 69_764n],
      ['Energy', 930_180n, 44_400n],
      ['Rounding', 56n],
    ]);
  });

  test('the least amount: the minimum, or what a tenth of a kilowatt-hour costs after the deductions', () => {
    expect(leastAmount(demo('rw-residential'), FRESH)).toBe(100n);
    // Fee 3 × 3,360 = 10,080 and 25 for 0.1 kWh: 10,105; VAT 1,818.9 → 1,819; 11,924.
    const start = { ...FRESH, fixedMonths: 3 };
    expect(leastAmount(demo('ug-domestic'), start)).toBe(11_924n);
    expect(sold(demo('ug-domestic'), 11_923n, { fixedMonths: 3 })).toBeUndefined();
    expect(sold(demo('ug-domestic'), 11_924n, { fixedMonths: 3 })?.[0]).toBe(100n);
  });

  test('in the hours that have prices of their own, those count', () => {
    const written: WrittenTerms = {
      charges: [],
      blocks: [{ perKwh: '100' }],
      timeOfUse: [{ name: 'Night', fromHour: 0, untilHour: 6, blocks: [{ perKwh: '50' }] }],
      minimum: '1',
      maximum: '1000',
      rounding: { wattHours: 100, direction: 'down' },
    };
    const terms = unwrap(readTerms(written, 'RWF'));
    expect([5, 6].map((hour) => sold(terms, 500n, { hour })?.[0])).toEqual([10_000n, 5_000n]);
  });

  test('rounding to the nearest step may give more than was paid for, and says so', () => {
    const rounding = { stepWh: 100n, direction: 'nearest' } as const;
    // 5,000 buy 15 + 17.287 kWh = 32.287 → 32.3 kWh, which cost 5,002.6 → 5,003.
    expect(sold({ ...demo('rw-residential'), rounding }, 5_000n)).toEqual([
      32_300n,
      ['Energy', 1_335n, 15_000n],
      ['Energy', 3_668n, 17_300n],
      ['Rounding', -3n],
    ]);
  });
});

const RUNS = 500;
const SEED = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const price = fc
  .integer({ min: 1, max: 99_999 })
  .map((it) => `${Math.floor(it / 100)}.${String(it % 100).padStart(2, '0')}`);
const somePrice = price.filter((it) => Number(it) > 0.2);
const percent = (max: number) => fc.integer({ min: 0, max }).map(String);
const charges = fc
  .record({
    fixed: fc.option(fc.record({ perMonth: price, monthsAtMost: fc.integer({ min: 1, max: 12 }) })),
    arrears: fc.option(percent(90)),
    levies: fc.array(
      fc.oneof(
        fc.record({ percent: percent(30) }),
        fc.record({ perKwh: price }),
        fc.record({ perPurchase: price }),
      ),
      { maxLength: 4 },
    ),
    vat: fc.option(percent(25)),
    debtFirst: fc.boolean(),
    vatAt: fc.nat(4),
  })
  .map(({ fixed, arrears, levies, vat, debtFirst, vatAt }) => {
    const known = fixed ? [{ kind: 'fixed' as const, label: 'fixed', ...fixed }] : [];
    const debt = arrears === null ? [] : [{ kind: 'arrears' as const, label: 'debt', percent: arrears }];
    const rest: WrittenTerms['charges'] = levies.map((it) => ({ kind: 'levy', label: 'levy', ...it }));
    if (vat !== null) rest.splice(vatAt, 0, { kind: 'vat', label: 'VAT', percent: vat });
    return debtFirst ? [...debt, ...known, ...rest] : [...known, ...debt, ...rest];
  });
const blocks = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 4 }),
    fc.array(somePrice, { minLength: 5, maxLength: 5 }),
  )
  .map(([ends, prices]) =>
    [...ends.sort((a, b) => a - b), undefined].map((untilKwh, i) => ({
      ...(untilKwh !== undefined && { untilKwh }),
      perKwh: prices[i]!,
    })),
  );
const termsOf = (direction: 'down' | 'nearest') =>
  fc
    .record({ charges, blocks })
    .map((it) =>
      unwrap(
        readTerms(
          { ...it, minimum: '0', maximum: '999999999', rounding: { wattHours: 100, direction } },
          'NGN' satisfies Currency,
        ),
      ),
    );
const start: fc.Arbitrary<Start> = fc.record({
  boughtWh: fc.bigInt({ min: 0n, max: 4_000n }).map((it) => it * 100n),
  fixedMonths: fc.nat(12),
  arrears: fc.bigInt({ min: 0n, max: 10_000_000n }),
  hour: fc.nat(23),
});
const amount = fc.bigInt({ min: 1n, max: 50_000_000n });
const units = fc.bigInt({ min: 1n, max: 5_000n }).map((it) => it * 100n);

/** Runs a property and says how often it was looked at, and how often it had something to say. */
function holds<T extends unknown[]>(
  parts: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => boolean,
) {
  let said = 0;
  fc.assert(
    fc.property(fc.tuple(...parts), (values) => {
      if (check(...(values as T))) said += 1;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  console.info(
    `${expect.getState().currentTestName}: ${RUNS} cases, ${said} of them sold something, seed ${SEED}`,
  );
  expect(said).toBeGreaterThan(RUNS / 10);
}

describe('whatever the terms', () => {
  for (const direction of ['down', 'nearest'] as const) {
    test(`rounded ${direction}: the lines add up to the amount, and only rounding to the nearest gives`, () => {
      holds([amount, termsOf(direction), start], (paid, terms, from) => {
        const sale = priceOfAmount(paid, terms, from);
        if (!sale) return false;
        expect(sale.lines.reduce((sum, it) => sum + it.amount, 0n)).toBe(paid);
        expect(
          sale.lines.every((it) => it.amount >= 0n || (direction === 'nearest' && it.kind === 'rounding')),
        ).toBe(true);
        expect(sale.lines.reduce((sum, it) => sum + (it.wattHours ?? 0n), 0n)).toBe(sale.wattHours);
        expect(sale.wattHours % 100n).toBe(0n);
        return true;
      });
    });

    test(`rounded ${direction}: more money never buys less`, () => {
      holds(
        [amount, fc.bigInt({ min: 0n, max: 100_000n }), termsOf(direction), start],
        (paid, more, terms, from) => {
          const sale = priceOfAmount(paid, terms, from);
          if (!sale) return false;
          expect(priceOfAmount(paid + more, terms, from)!.wattHours >= sale.wattHours).toBe(true);
          return true;
        },
      );
    });

    test(`rounded ${direction}: what some units cost buys them again, and a step less than that money does not`, () => {
      holds([units, termsOf(direction), start], (wattHours, terms, from) => {
        const cost = amountForUnits(wattHours, terms, from);
        expect(priceOfAmount(cost, terms, from)!.wattHours).toBe(wattHours);
        const less = priceOfAmount(cost - 1n, terms, from)?.wattHours ?? 0n;
        expect(direction === 'down' ? less < wattHours : less <= wattHours).toBe(true);
        return true;
      });
    });
  }

  test('what an amount buys is the most that it pays for', () => {
    holds([amount, termsOf('down'), start], (paid, terms, from) => {
      const sale = priceOfAmount(paid, terms, from);
      if (!sale) {
        expect(amountForUnits(100n, terms, from) > paid).toBe(true);
        return false;
      }
      expect(amountForUnits(sale.wattHours, terms, from) <= paid).toBe(true);
      expect(amountForUnits(sale.wattHours + 100n, terms, from) > paid).toBe(true);
      return true;
    });
  });

  test('energy bought in two parts costs what it costs at once, block by block', () => {
    holds([units, units, units, termsOf('down')], (bought, one, other, terms) => {
      const cost = (from: bigint, until: bigint) =>
        energyLines(from, until, terms.blocks).reduce((sum, it) => sum + it.amount, 0n);
      const middle = bought + one;
      expect(cost(bought, middle) + cost(middle, middle + other)).toBe(cost(bought, middle + other));
      return true;
    });
  });
});

test('a token that goes in larger steps carries more than was paid for: the lines say so, and still add up', () => {
  const terms = demo('ng-band-a');
  for (const [amount, plain, carried] of [
    [30_000_000n, 1_332_000n, 1_332_000n],
    [40_000_000n, 1_776_100n, 1_776_400n],
    [500_000_000n, 22_201_200n, 22_202_400n],
  ] as const) {
    expect(priceOfAmount(amount, terms, FRESH)!.wattHours).toBe(plain);
    const price = priceOfAmount(amount, terms, { ...FRESH, carried: carriedByToken })!;
    expect(price.wattHours).toBe(carried);
    expect(price.lines.reduce((sum, it) => sum + it.amount, 0n)).toBe(amount);
    expect(price.lines.reduce((sum, it) => sum + (it.wattHours ?? 0n), 0n)).toBe(carried);
  }
});
