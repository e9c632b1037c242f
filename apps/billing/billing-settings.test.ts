import { settingsOf, WrongSettings } from '#service-host';
import { billingService } from './index.js';

const SOUND = {
  WATTLINE_MODE: 'production',
  PORT: '3002',
  DATABASE_URL: 'postgres://wattline@db.example.test:5432/wattline',
  INTERNAL_SECRET: 'made at random for the services, forty letters',
  TOKEN_SECRET: 'made at random for the meters, forty letters',
};

function faults(environment: Record<string, string>): string[] {
  try {
    settingsOf(billingService, { ...SOUND, ...environment });
    return [];
  } catch (error) {
    if (error instanceof WrongSettings) return error.faults.map((fault) => fault.split(':')[0]!);
    throw error;
  }
}

test('production starts without an issuer in software, and refuses one, with all other faults at once', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ STS_ISSUER: 'none' })).toEqual([]);
  expect(faults({ STS_ISSUER: 'software', SEED_DEMO: 'true', TOKEN_SECRET: SOUND.INTERNAL_SECRET })).toEqual([
    'STS_ISSUER',
    'TOKEN_SECRET',
    'SEED_DEMO',
  ]);
  expect(faults({ TOKEN_SECRET: 'x'.repeat(40) })).toEqual(['TOKEN_SECRET']);
  expect(faults({ TOKEN_SECRET: 'too short' })).toEqual(['TOKEN_SECRET']);
});

test('a demo has the software issuer unless it says otherwise', () => {
  const demo = { ...SOUND, WATTLINE_MODE: 'demo' };
  expect(faults({ ...demo, STS_ISSUER: 'software' })).toEqual([]);
  expect(faults({ ...demo, STS_ISSUER: 'somebody' })).toEqual(['STS_ISSUER']);
});
