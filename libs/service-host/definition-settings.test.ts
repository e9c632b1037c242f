import { settingsOf } from './definition-settings.js';
import { baseSettings, type BaseSettings, type WrongSettings } from './settings.js';

const RIGHT = {
  WATTLINE_MODE: 'production',
  PORT: '3000',
  DATABASE_URL: 'postgres://wattline@db.example.test/wattline',
  AMQP_URL: 'amqp://broker.example.test',
  INTERNAL_SECRET: 'a secret of the services, made at random',
};

const faultsOf = (environment: Record<string, string>, refuse?: () => string[]): string[] => {
  try {
    settingsOf<BaseSettings>({ settings: baseSettings, refuse }, { ...RIGHT, ...environment });
    return [];
  } catch (error) {
    return (error as WrongSettings).faults;
  }
};

test.each([
  ['INTERNAL_SECRET', 'wattline-demo-internal-0123456789abcdef'],
  ['DATABASE_URL', 'postgres://wattline:' + 'wattline-demo@postgres/wattline'],
  ['AMQP_URL', 'amqp://wattline:' + 'wattline-demo@rabbitmq'],
])('%s: what is written down for the demo is refused in production, and taken in the demo', (name, value) => {
  expect(faultsOf({ [name]: value })).toEqual([`${name}: holds a value of the demo`]);
  expect(faultsOf({ [name]: value, WATTLINE_MODE: 'demo' })).toEqual([]);
});

test('production starts with values of its own', () => {
  expect(faultsOf({})).toEqual([]);
});

test('a setting is told of once', () => {
  const known = 'INTERNAL_SECRET: is a test value';
  expect(faultsOf({ INTERNAL_SECRET: 'wattline-demo-internal-0123456789abcdef' }, () => [known])).toEqual([
    known,
  ]);
});
