import { isSteady, percentile, spreadOf } from './statistics.js';

test('the median of an even number of rounds lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4, rounds: 4 });
  expect(spreadOf([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9, rounds: 3 });
});

test('99 of a hundred are no more than the 99th percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([percentile(hundred, 0.5), percentile(hundred, 0.99)]).toEqual([50, 99]);
  expect(percentile([], 0.5)).toBeNaN();
});

test('a round whose floors differ by more than 15 % says nothing', () => {
  expect([isSteady(100, 86), isSteady(86, 100), isSteady(100, 84), isSteady(84, 100)]).toEqual([
    ...[true, true, false, false],
  ]);
});
