import { isId, millisOf, newId, numberFor } from './ids.js';

test('ids rise strictly, also within one millisecond', () => {
  const ids = Array.from({ length: 20_000 }, () => newId());
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(isId)).toBe(true);
});

test('ids go on rising when the clock steps back', () => {
  const before = newId();
  const after = newId(millisOf(before) - 3_600_000);
  expect(after > before).toBe(true);
  expect(millisOf(after)).toBeGreaterThanOrEqual(millisOf(before));
});

test('an id is a UUIDv7 that tells when it was made', () => {
  const future = Date.UTC(2040, 0, 1) + 123;
  const id = newId(future);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(millisOf(id)).toBe(future);
});

test('more ids in one millisecond than the counter holds run into the next one, still rising', () => {
  const millis = Date.UTC(2041, 0, 1);
  const ids = Array.from({ length: 10_000 }, () => newId(millis));
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  expect(millisOf(ids.at(-1)!) - millis).toBeLessThan(4);
});

test.each([
  ['text', 'me'],
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['upper case', '0190A6E5-6B3C-7D4E-8F90-123456789ABC'],
  ['without hyphens', '0190a6e56b3c7d4e8f90123456789abc'],
  ['in braces', '{0190a6e5-6b3c-7d4e-8f90-123456789abc}'],
  ['with a line break', '0190a6e5-6b3c-7d4e-8f90-123456789abc\n'],
  ['an object that prints one', { toString: () => '0190a6e5-6b3c-7d4e-8f90-123456789abc' }],
])('%s is no id', (_, value) => {
  expect(isId(value)).toBe(false);
});

test('a number is a letter and twelve characters that are not mistaken for others, and always the same', () => {
  const id = '0190a6e5-6b3c-7d4e-8f90-123456789abc';
  expect(numberFor('B', id)).toBe(numberFor('B', id));
  expect(numberFor('P', id).slice(1)).toBe(numberFor('B', id).slice(1));
  const ids = Array.from({ length: 10_000 }, () => newId());
  const numbers = ids.map((it) => numberFor('B', it));
  expect(numbers.every((number) => /^B-[0-9A-HJKMNP-TV-Z]{12}$/.test(number))).toBe(true);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('a number holds the last 60 bits of the id', () => {
  expect(numberFor('B', '00000000-0000-7000-8000-000000000000')).toBe('B-000000000000');
  expect(numberFor('B', '00000000-0000-7000-8000-00000000001f')).toBe('B-00000000000Z');
  expect(numberFor('B', '00000000-0000-7000-8fff-ffffffffffff')).toBe('B-ZZZZZZZZZZZZ');
});
