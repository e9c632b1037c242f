import fc from 'fast-check';
import { Money } from '#kernel';
import { type FlatTariff, priceOf } from './flat-tariff.rules.js';

const RESIDENTIAL = { pricePerKwh: 6_800n, vatBasisPoints: 750 };
const lines = (amount: bigint, tariff: FlatTariff, currency: 'NGN' | 'RWF' = 'NGN') => {
  const { units, breakdown } = priceOf(Money.ofMinor(amount, currency), tariff);
  return [units.kwh, ...breakdown.map((line) => [line.label, line.amount.amount])];
};

test.each<[string, bigint, FlatTariff, unknown[]]>([
  [
    'VAT is inside the amount',
    107_500n,
    RESIDENTIAL,
    ['14.705', ['Energy, 14.705 kWh at 68.00', '1000.00'], ['VAT 7.5 %', '75.00']],
  ],
  [
    'a tariff without VAT has no line for it',
    6_800n,
    { ...RESIDENTIAL, vatBasisPoints: 0 },
    ['1', ['Energy, 1 kWh at 68.00', '68.00']],
  ],
  [
    'a whole percentage has no decimals',
    11_800n,
    { pricePerKwh: 10_000n, vatBasisPoints: 1_800 },
    ['1', ['Energy, 1 kWh at 100.00', '100.00'], ['VAT 18 %', '18.00']],
  ],
  [
    'a hundred percent',
    2n,
    { pricePerKwh: 1n, vatBasisPoints: 10_000 },
    ['1', ['Energy, 1 kWh at 0.01', '0.01'], ['VAT 100 %', '0.01']],
  ],
  ['a kobo buys nothing', 1n, RESIDENTIAL, ['0', ['Energy, 0 kWh at 68.00', '0.01']]],
])('%s', (_, amount, tariff, expected) => {
  expect(lines(amount, tariff)).toEqual(expected);
});

test('a currency without decimals', () => {
  expect(lines(1_000n, { pricePerKwh: 212n, vatBasisPoints: 1_800 }, 'RWF')).toEqual([
    '3.995',
    ['Energy, 3.995 kWh at 212', '847'],
    ['VAT 18 %', '153'],
  ]);
});

const anAmount = fc.bigInt({ min: 1n, max: 1_000_000_000n });
const aTariff = fc.record({
  pricePerKwh: fc.bigInt({ min: 1n, max: 1_000_000n }),
  vatBasisPoints: fc.integer({ min: 0, max: 10_000 }),
});

test('the lines add up to the amount to the last kobo, and none is negative', () => {
  fc.assert(
    fc.property(anAmount, aTariff, (amount, tariff) => {
      const { breakdown } = priceOf(Money.ofMinor(amount, 'NGN'), tariff);
      expect(
        Money.sum(
          breakdown.map((line) => line.amount),
          'NGN',
        ).minor,
      ).toBe(amount);
      expect(breakdown.every((line) => line.amount.minor >= 0n)).toBe(true);
    }),
  );
});

test('VAT is within half a kobo of its share, and the energy is what the rest buys, less than a watt-hour away', () => {
  fc.assert(
    fc.property(anAmount, aTariff, (amount, tariff) => {
      const { units, breakdown } = priceOf(Money.ofMinor(amount, 'NGN'), tariff);
      const net = breakdown[0]!.amount.minor;
      const rate = BigInt(tariff.vatBasisPoints);
      const twiceOff = 2n * ((amount - net) * (10_000n + rate) - amount * rate);
      expect(twiceOff <= 10_000n + rate && twiceOff >= -(10_000n + rate)).toBe(true);
      expect(units.wattHours * tariff.pricePerKwh <= net * 1_000n).toBe(true);
      expect((units.wattHours + 1n) * tariff.pricePerKwh > net * 1_000n).toBe(true);
    }),
  );
});

test('more money never buys less', () => {
  fc.assert(
    fc.property(anAmount, fc.bigInt({ min: 0n, max: 10_000n }), aTariff, (amount, more, tariff) => {
      const units = (minor: bigint) => priceOf(Money.ofMinor(minor, 'NGN'), tariff).units.wattHours;
      expect(units(amount + more) >= units(amount)).toBe(true);
    }),
  );
});
