import { readSettings, type WrongSettings } from '#service-host';
import {
  type NotificationSettings,
  notificationSettings,
  refuseInProduction,
} from './notification-settings.js';

const demo = {
  PORT: '0',
  DATABASE_URL: 'postgres://localhost/wattline',
  INTERNAL_SECRET: 'i'.repeat(32),
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'test_auth_token',
  TWILIO_FROM: '+15005550006',
  CONTACT_SECRET: 'c'.repeat(32),
};
const production = {
  ...demo,
  WATTLINE_MODE: 'production',
  TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
  TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  TWILIO_FROM: 'Wattline',
  TWILIO_STATUS_CALLBACK_URL: 'https://pay.example.com/api/webhooks/twilio',
  CONTACT_SECRET: 'a secret of forty letters, made at random',
};

const read = (environment: Record<string, string>) =>
  readSettings<NotificationSettings>(environment, notificationSettings);

const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    read(environment);
    return [];
  } catch (error) {
    return (error as WrongSettings).faults.map((fault) => fault.split(':')[0]!);
  }
};

test('the demo runs with test values', () => {
  expect(refuseInProduction(read(demo))).toEqual([]);
  expect(read(demo)).toMatchObject({
    TWILIO_API_BASE_URL: 'https://api.twilio.com',
    SMS_ASK_AFTER_MS: 60_000,
  });
});

test('production refuses every test value at once, and takes real ones', () => {
  const faults = refuseInProduction(
    read({
      ...demo,
      WATTLINE_MODE: 'production',
      TWILIO_API_BASE_URL: 'http://127.0.0.1:3001/twilio',
      TWILIO_STATUS_CALLBACK_URL: 'http://127.0.0.1:3000/api/webhooks/twilio',
    }),
  );
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_FROM',
    'TWILIO_API_BASE_URL',
    'TWILIO_STATUS_CALLBACK_URL',
    'CONTACT_SECRET',
  ]);
  expect(refuseInProduction(read(production))).toEqual([]);
});

test('what is missing or wrong is listed, all of it', () => {
  expect(
    faultsOf({ PORT: '0', DATABASE_URL: demo.DATABASE_URL, INTERNAL_SECRET: demo.INTERNAL_SECRET }).sort(),
  ).toEqual(['CONTACT_SECRET', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM']);
  expect(
    faultsOf({
      ...demo,
      TWILIO_ACCOUNT_SID: 'SK123',
      TWILIO_FROM: 'a name that is too long',
      TWILIO_STATUS_CALLBACK_URL: 'https://my_host/api',
      CONTACT_SECRET: 'short',
      SMS_ASK_AFTER_MS: '0',
    }).sort(),
  ).toEqual([
    'CONTACT_SECRET',
    'SMS_ASK_AFTER_MS',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_FROM',
    'TWILIO_STATUS_CALLBACK_URL',
  ]);
});
