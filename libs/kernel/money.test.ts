import fc from 'fast-check';
import { CURRENCIES, type Currency, isCurrency, Money } from './money.js';
import { unwrap } from './result.js';

const parsed = (value: unknown, currency: Currency = 'NGN') => unwrap(Money.parse(value, currency)).minor;

test.each([
  [50, 5_000n],
  [50.1, 5_010n],
  [0.1, 10n],
  [0.01, 1n],
  [4.35, 435n], // 4.35 * 100 is 434.99999999999994
  [1.005e2, 10_050n],
  [9_999_999.99, 999_999_999n],
  ['50', 5_000n],
  ['50.1', 5_010n],
  ['50.10', 5_010n],
  ['0050.10', 5_010n],
  ['0.29', 29n],
  ['90071992547409931.01', 9_007_199_254_740_993_101n], // beyond what a double can hold
  [0, 0n],
  ['0.00', 0n],
  [-5, -500n],
  ['-0.01', -1n],
])('%p naira are %s kobo', (value, minor) => {
  expect(parsed(value)).toBe(minor);
});

test.each([
  [50, 50n],
  ['50', 50n],
  [-3, -3n],
])('%p francs are %s: a currency without decimals', (value, minor) => {
  expect(parsed(value, 'RWF')).toBe(minor);
  expect(Money.ofMinor(minor, 'RWF').amount).toBe(String(value));
});

test.each([
  ['50.001', 'NGN'],
  [50.001, 'NGN'],
  [0.1 + 0.2, 'NGN'],
  ['50.000', 'NGN'],
  ['50.0', 'RWF'],
  [50.5, 'UGX'],
] as const)('%p is too precise for %s', (value, currency) => {
  const result = Money.parse(value, currency);
  expect(result).toMatchObject({ ok: false, problem: { code: 'validation_failed', status: 400 } });
  expect(!result.ok && result.problem.detail).toMatch(/has more than \d decimals/);
});

test.each([
  '',
  ' ',
  ' 50',
  '50 ',
  '+50',
  '.5',
  '5.',
  '-',
  '--5',
  '1,000',
  '1_000',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '٥٠',
  '5\n',
  '1'.repeat(33),
  NaN,
  Infinity,
  -Infinity,
  1e21,
  1e-7,
  null,
  undefined,
  true,
  {},
  [],
  ['50'],
  50n,
  { amount: '50', currency: 'NGN' },
])('%p is no amount', (value) => {
  const result = Money.parse(value, 'NGN');
  expect(result).toMatchObject({ ok: false, problem: { errors: [{ pointer: '#/amount' }] } });
});

test('amounts are written with all decimals of their currency', () => {
  const written = (minor: bigint, currency: Currency) => Money.ofMinor(minor, currency).amount;
  expect(written(0n, 'NGN')).toBe('0.00');
  expect(written(5n, 'NGN')).toBe('0.05');
  expect(written(123_450n, 'NGN')).toBe('1234.50');
  expect(written(-5n, 'NGN')).toBe('-0.05');
  expect(written(-123_456n, 'NGN')).toBe('-1234.56');
  expect(written(0n, 'RWF')).toBe('0');
  expect(written(-7n, 'RWF')).toBe('-7');
  expect(JSON.stringify(Money.ofMinor(10_000n, 'NGN'))).toBe('{"amount":"100.00","currency":"NGN"}');
  expect(String(Money.ofMinor(10_000n, 'NGN'))).toBe('NGN 100.00');
});

test('a major unit is a hundred kobo, and one franc', () => {
  expect(Money.major(10_000_000n, 'NGN').amount).toBe('10000000.00');
  expect(Money.major(7n, 'UGX').minor).toBe(7n);
});

test('sums and comparisons are exact', () => {
  const [ten, twenty] = [Money.ofMinor(10n, 'NGN'), Money.ofMinor(20n, 'NGN')];
  expect(ten.plus(twenty).amount).toBe('0.30');
  expect(ten.minus(twenty).amount).toBe('-0.10');
  expect(ten.negated().minor).toBe(-10n);
  expect([ten.lessThan(twenty), twenty.lessThan(ten), ten.lessThan(ten)]).toEqual([true, false, false]);
  expect([
    ten.equals(Money.ofMinor(10n, 'NGN')),
    ten.equals(twenty),
    ten.equals(Money.ofMinor(10n, 'KES')),
  ]).toEqual([true, false, false]);
  expect([ten.positive, Money.zero('NGN').positive, ten.negated().positive]).toEqual([true, false, false]);
  expect(Money.sum([ten, twenty, twenty], 'NGN').minor).toBe(50n);
  expect(Money.sum([], 'RWF')).toEqual(Money.zero('RWF'));
});

test('money of two currencies does not mix', () => {
  const [naira, francs] = [Money.ofMinor(1n, 'NGN'), Money.ofMinor(1n, 'RWF')];
  expect(() => naira.plus(francs)).toThrow('NGN');
  expect(() => naira.minus(francs)).toThrow('RWF');
  expect(() => naira.lessThan(francs)).toThrow();
  expect(() => Money.sum([naira], 'RWF')).toThrow();
});

test.each(['toString', '__proto__', 'constructor', 'ngn', '', 'XXX', 5, null])(
  '%p is no currency',
  (value) => {
    expect(isCurrency(value)).toBe(false);
  },
);

const currencies = fc.constantFrom(...CURRENCIES);

test('what is written is read back the same, for every amount and currency', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), currencies, (minor, currency) => {
      const money = Money.ofMinor(minor, currency);
      expect(unwrap(Money.parse(money.amount, currency)).equals(money)).toBe(true);
    }),
  );
});

test('a JSON number means the same as its text, up to the largest amount of a request', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), currencies, (minor, currency) => {
      const { amount } = Money.ofMinor(BigInt(minor), currency);
      expect(parsed(JSON.parse(amount), currency)).toBe(BigInt(minor));
    }),
  );
});
