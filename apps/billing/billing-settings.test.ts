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

test('an issuer outside has all of its settings or none, and is encrypted in production', () => {
  const calin = { CALIN_URL: 'https://calin.example.test/api', CALIN_USER_ID: 'us', CALIN_API_KEY: 'a key' };
  expect(faults(calin)).toEqual([]);
  expect(faults({ ...calin, CALIN_API_KEY: '' })).toEqual(['CALIN_API_KEY']);
  expect(faults({ ...calin, CALIN_URL: 'http://calin.example.test' })).toEqual(['CALIN_URL']);
  expect(faults({ ...calin, CALIN_URL: 'https://calin.example.test/?key=ours' })).toEqual(['CALIN_URL']);
  expect(faults({ STRON_URL: 'https://stron.example.test' })).toEqual([
    'STRON_COMPANY',
    'STRON_USERNAME',
    'STRON_PASSWORD',
  ]);
  const prism = { PRISM_USERNAME: 'us', PRISM_PASSWORD: 'a password' };
  expect(faults({ ...prism, PRISM_URL: 'tls://10.0.0.5:9443' })).toEqual(['PRISM_CERTIFICATE_FILE']);
  expect(faults({ ...prism, PRISM_URL: 'tcp://10.0.0.5:9443' })).toEqual(['PRISM_URL']);
  expect(faults({ ...prism, PRISM_URL: 'tls://10.0.0.5', PRISM_CERTIFICATE_FILE: 'x.pem' })).toEqual([
    'PRISM_URL',
  ]);
});
