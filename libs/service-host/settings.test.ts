import { baseSettings, readSettings, type WrongSettings } from './settings.js';

const RIGHT = {
  DATABASE_URL: 'postgres://127.0.0.1/wattline',
  PORT: '3000',
  INTERNAL_SECRET: 's'.repeat(32),
};

const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    readSettings({ ...RIGHT, ...environment }, baseSettings);
    return [];
  } catch (error) {
    return (error as WrongSettings).faults;
  }
};

test('every fault is named at once', () => {
  const faults = faultsOf({ PORT: 'three', INTERNAL_SECRET: 'short', CURRENCY: 'ABC', POOL_SIZE: '0' });
  expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
    'CURRENCY',
    'INTERNAL_SECRET',
    'POOL_SIZE',
    'PORT',
  ]);
});

test.each([
  ['Africa/Lagos', []],
  ['UTC', []],
  ['', []],
  ['Africa/Atlantis', ['TIME_ZONE: must be a time zone, as Africa/Lagos']],
])('the time zone %p: faults %p', (TIME_ZONE, faults) => {
  expect(faultsOf({ TIME_ZONE })).toEqual(faults);
});
