import { type FieldError } from '#kernel';
import { readTerms } from './terms.rules.js';

const period = (name: string, fromHour: number, untilHour: number) => ({
  name,
  fromHour,
  untilHour,
  blocks: [{ perKwh: '20' }],
});

function faults(timeOfUse: object[]): FieldError[] {
  const terms = {
    charges: [],
    blocks: [{ perKwh: '10' }],
    timeOfUse,
    minimum: '1',
    maximum: '1000',
    rounding: { wattHours: 100, direction: 'down' },
  };
  const read = readTerms(terms, 'NGN');
  return read.ok ? [] : (read.problem.errors ?? []);
}

test.each([
  ['one within another', [period('day', 6, 22), period('peak', 18, 21)]],
  ['one that begins before the other ends', [period('day', 6, 18), period('peak', 17, 21)]],
  ['the same hours twice', [period('day', 6, 18), period('sun', 6, 18)]],
  ['the other way round', [period('peak', 17, 21), period('day', 6, 18)]],
])('hours that belong to two periods are refused: %s', (_, timeOfUse) => {
  const name = timeOfUse[0]!.name;
  expect(faults(timeOfUse)).toEqual([
    { detail: `has hours of ${name}, too`, pointer: '#/terms/timeOfUse/1' },
  ]);
});

describe('a tariff of days', () => {
  const DAYS = { charges: [], perDay: '250.5', minimum: '1', maximum: '1000' };

  test('has one price, and sells whole days', () => {
    const read = readTerms(DAYS, 'NGN');
    expect(read).toMatchObject({
      ok: true,
      value: {
        unit: 'day',
        blocks: [{ untilWh: null, perMwh: 25_050_000n }],
        rounding: { stepWh: 1_000n, direction: 'down' },
      },
    });
  });

  test.each<[object, string]>([
    [{ perDay: '0' }, '#/terms/perDay'],
    [{ perDay: 250 }, '#/terms/perDay'],
    [{ blocks: [{ perKwh: '1' }] }, '#/terms/blocks'],
    [{ charges: [{ kind: 'levy', label: 'Fuel', perKwh: '1' }] }, '#/terms/charges/0'],
  ])('is refused with %j, and it is said where', (wrong, pointer) => {
    const read = readTerms({ ...DAYS, ...wrong }, 'NGN');
    expect(read.ok ? [] : read.problem.errors).toContainEqual(expect.objectContaining({ pointer }));
  });
});

test('periods that meet, or leave hours between, do not overlap', () => {
  expect(faults([period('day', 6, 18), period('peak', 18, 22), period('night', 0, 5)])).toEqual([]);
});
