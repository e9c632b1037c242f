import { checkDigit, isMeterNumber, isMistyped, isNearMatch } from './meter-number.rules.js';

test.each([
  // Published examples of the standard, and two that must be refused.
  ['00000000000', true],
  ['0100000000008', true],
  ['11111111115', true],
  ['12345678904', false],
  ['11111111113', false],
  ['04123456784', true],
  ['04123456785', false],
  ['0412345678', false],
  ['041234567840', false],
  ['O4123456784', false],
  ['', false],
])('%s is a number of an STS meter: %s', (number, is) => {
  expect(isMeterNumber(number, 'sts')).toBe(is);
});

test('meters of other kinds have other numbers', () => {
  for (const kind of ['openpaygo', 'online'] as const) {
    expect(
      ['12345678904', '77001', '12345', '1234', '123456789012345678901'].map((it) => isMeterNumber(it, kind)),
    ).toEqual([true, true, true, false, false]);
  }
});

test('every wrong digit is noticed, wherever it stands', () => {
  const right = '04123456784';
  for (let i = 0; i < right.length; i++) {
    for (const digit of '0123456789') {
      const typed = right.slice(0, i) + digit + right.slice(i + 1);
      expect([typed, isMistyped(typed)]).toEqual([typed, typed !== right]);
    }
  }
});

test.each([
  ['one digit off', '04123456784', '04123456792', true],
  ['two neighbours swapped', '04123456784', `0412345687${checkDigit('0412345687')}`, true],
  ['a number of another kind, one digit off at its end', '77001', '77002', true],
  ['two that are not neighbours swapped', '04123456784', `0412348567${checkDigit('0412348567')}`, false],
  ['two digits off', '04123456784', `0412345611${checkDigit('0412345611')}`, false],
  ['the same', '04123456784', '04123456784', false],
  ['another length', '04123456784', '0412345678', false],
])('near: %s', (_, one, other, near) => {
  expect([isNearMatch(one, other), isNearMatch(other, one)]).toEqual([near, near]);
});
