import { DEMO_STS } from '#tokens';
import type { MeterKeys } from './meter-keys.entity.js';
import { takeIdentifier } from './take-identifier.rules.js';
import type { StsKeyName } from './token-issuer.port.js';

// 2026-03-02 08:15 is minute 6398415 since 2014: its high byte is 97.
const NOW = new Date('2026-03-02T08:15:00Z');
const TID = 6_398_415;

const { sgc, krn, kt, ti, ea, ken, baseDate } = DEMO_STS;
const KEY: StsKeyName = { sgc, krn, kt, ti, ea, ken, baseDate };

/** What is taken for 50 kWh from a meter with this key. */
function taken(key: Partial<StsKeyName>, more: Partial<MeterKeys> = {}, days: number | null = null) {
  const keys: MeterKeys = {
    meterNumber: '',
    issuer: 'software',
    key: { ...KEY, ...key },
    changeTo: null,
    lastTid: -1,
    newLastTid: -1,
    paygo: null,
    count: 0,
    sealedKey: null,
    ...more,
  };
  return takeIdentifier(keys, days, NOW, 5);
}

const NOT_VENDABLE = expect.objectContaining({ code: 'meter_not_vendable' });

test('the minute of the clock is taken, and stays taken', () => {
  expect(taken({})).toMatchObject({ tid: TID, row: { lastTid: TID } });
  expect(taken({}, { lastTid: TID })).toMatchObject({ tid: TID + 1, row: { lastTid: TID + 1 } });
});

test('nothing is sold under an expired key: the meter would answer KeyExpiredError', () => {
  expect(taken({ ken: 97 })).toMatchObject({ tid: TID });
  expect(taken({ ken: 96 })).toEqual(NOT_VENDABLE);
  // A new key that has not expired comes before the credit, which is under it.
  expect(taken({ ken: 96 }, { changeTo: { ...KEY, krn: 2 } })).toMatchObject({ row: { newLastTid: TID } });
  expect(taken({}, { changeTo: { ...KEY, krn: 2, ken: 96 } })).toEqual(NOT_VENDABLE);
});

test('nothing is sold under a default key: the meter would answer DDTKError', () => {
  expect(taken({ kt: 1 })).toEqual(NOT_VENDABLE);
  expect(taken({ kt: 1 }, { changeTo: { ...KEY, krn: 2 } })).toMatchObject({ row: { newLastTid: TID } });
  expect(taken({}, { changeTo: { ...KEY, krn: 2, kt: 1 } })).toEqual(NOT_VENDABLE);
});

test('a module or a manufacturer looks at its own clock and keys', () => {
  expect(taken({ ken: 0 }, { issuer: 'prism' })).toMatchObject({ tid: null, keyId: null });
});

describe('a device that is paid by time', () => {
  const device = (more: Partial<MeterKeys> = {}, timeDivider = 1): Partial<MeterKeys> => ({
    ...{ issuer: 'openpaygo', key: null, sealedKey: 'sealed' },
    paygo: { startingCode: 1, timeDivider, restrictedDigits: false },
    ...more,
  });

  test.each([
    [0, 2],
    [2, 4],
    [3, 4],
    [9, 10],
  ])('after count %i comes %i: time is added by even counts', (count, next) => {
    expect(taken({}, device({ count }), 3)).toEqual({
      device: { kind: 'openpaygo', count: next, value: 3, days: 3 },
      keyId: 'openpaygo',
      tid: next,
      row: { count: next },
    });
  });

  test('its value is in its own steps of time, and fits one code', () => {
    expect(taken({}, device({}, 24), 10)).toMatchObject({ device: { value: 240, days: 10 } });
    expect(taken({}, device(), 995)).toMatchObject({ device: { value: 995 } });
    expect(taken({}, device(), 996)).toMatchObject({ code: 'amount_out_of_range' });
    expect(taken({}, device({}, 100), 10)).toMatchObject({ code: 'amount_out_of_range' });
    expect(taken({}, device(), 0)).toMatchObject({ code: 'amount_out_of_range' });
  });

  test('takes no energy, and a meter of energy takes no time', () => {
    expect(taken({}, device(), null)).toEqual(NOT_VENDABLE);
    expect(taken({}, {}, 3)).toEqual(NOT_VENDABLE);
  });
});
