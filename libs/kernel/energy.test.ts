import { Energy } from './energy.js';
import { unwrap } from './result.js';

test.each([
  [0n, '0'],
  [1n, '0.001'],
  [100n, '0.1'],
  [999n, '0.999'],
  [1_000n, '1'],
  [12_345n, '12.345'],
  [50_000n, '50'],
  [50_010n, '50.01'],
  [9_007_199_254_740_993_001n, '9007199254740993.001'],
  [-1n, '-0.001'],
  [-1_500n, '-1.5'],
  [-2_000n, '-2'],
])('%s Wh are %s kWh', (wattHours, kwh) => {
  expect(Energy.ofWattHours(wattHours).kwh).toBe(kwh);
  expect(JSON.stringify(Energy.ofWattHours(wattHours))).toBe(`{"kwh":"${kwh}"}`);
});

test('energies add up', () => {
  expect(Energy.ofWattHours(999n).plus(Energy.ofWattHours(1n)).kwh).toBe('1');
});

test.each([
  ['12.345', 12_345n],
  [0.1, 100n],
  ['50', 50_000n],
  [0, 0n],
])('%j kilowatt-hours are read exactly', (text, wattHours) => {
  expect(unwrap(Energy.parse(text)).wattHours).toBe(wattHours);
});

test.each(['1.0005', -1, '1e3', '', ' 1', null, undefined, true, [1], 1e21])('%j is no energy', (text) => {
  const read = Energy.parse(text);
  expect(!read.ok && read.problem.errors).toEqual([expect.objectContaining({ pointer: '#/kwh' })]);
});
