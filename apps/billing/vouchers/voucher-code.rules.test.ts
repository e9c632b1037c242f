import fc from 'fast-check';
import { codeOf, inFours, RANDOM_DIGITS, readCode } from './voucher-code.rules.js';

// The seed is printed, and `SEED` repeats a run.
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = 1_000;

const digit = fc.integer({ min: 0, max: 9 });
const codes = fc
  .array(digit, { minLength: RANDOM_DIGITS, maxLength: RANDOM_DIGITS })
  .map((digits) => codeOf(digits.join('')));

test('every slip in a code is noticed: one wrong digit, and two digits that changed places', () => {
  let wrong = 0;
  let swapped = 0;
  let missed = 0;
  fc.assert(
    fc.property(codes, (code) => {
      expect(readCode(code)).toBe(code);
      const digits = [...code];
      for (const [i, is] of digits.entries()) {
        for (let other = 0; other < 10; other++) {
          if (String(other) === is) continue;
          missed += Number(readCode(digits.with(i, String(other)).join('')) !== undefined);
          wrong += 1;
        }
        for (let j = i + 1; j < digits.length; j++) {
          if (digits[j] === is) continue;
          missed += Number(readCode(digits.with(i, digits[j]!).with(j, is).join('')) !== undefined);
          swapped += 1;
        }
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
  console.info(`voucher codes: ${RUNS} codes, ${wrong} wrong digits, ${swapped} swaps, SEED=${SEED}`);
  expect(missed).toBe(0);
  expect(wrong).toBe(RUNS * 18 * 9);
  expect(swapped).toBeGreaterThan(RUNS * 100);
}, 60_000);

test('a code is read as people type it, and as it is printed', () => {
  const code = codeOf('0000123456789012');
  expect(code).toMatch(/^0000123456789012\d\d$/);
  expect(inFours(code)).toMatch(/^0000 1234 5678 9012 \d\d$/);
  expect(readCode(inFours(code))).toBe(code);
  expect(readCode(` ${code.slice(0, 9)}-${code.slice(9)}\n`)).toBe(code);
});

test.each([
  '',
  '1234',
  'x'.repeat(18),
  '٠'.repeat(18),
  `${codeOf('1'.repeat(16))}0`,
  codeOf('1'.repeat(16)).slice(1),
])('%j is no code', (text) => expect(readCode(text)).toBeUndefined());
