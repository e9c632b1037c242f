import { makeValidator, str, url } from 'envalid';
import { baseSettings, type BaseSettings, kinds, type ServiceDefinition } from '#service-host';

export interface NotificationSettings extends BaseSettings {
  TWILIO_ACCOUNT_SID: string;
  /** Password of the API, and the key that Twilio signs its reports with. */
  TWILIO_AUTH_TOKEN: string;
  /** The other token while it is changed: reports signed with it are believed too. */
  TWILIO_AUTH_TOKEN_SECONDARY: string;
  TWILIO_FROM: string;
  TWILIO_API_BASE_URL: string;
  TWILIO_STATUS_CALLBACK_URL: string;
  CONTACT_SECRET: string;
  SMS_ASK_AFTER_MS: number;
  SMS_TIMEOUT_MS: number;
  WEBHOOK_TIMEOUT_MS: number;
}

const accountSid = makeValidator((value) => {
  if (!/^AC[0-9a-f]{32}$/.test(value)) throw new Error('must be AC and 32 hexadecimal digits');
  return value;
});

const sender = makeValidator((value) => {
  const isNumber = /^\+[1-9]\d{6,14}$/.test(value);
  const isName = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(value);
  if (!isNumber && !isName)
    throw new Error('must be a number like +15005550006 or a sender name of up to 11 letters');
  return value;
});

const webUrl = makeValidator((value) => {
  if (value !== '' && !/^https?:\/\/[^\s_/]+\/\S*$/.test(value)) {
    throw new Error('must be an http(s) URL with a path, and without an underscore in its host');
  }
  return value;
});

export const notificationSettings: ServiceDefinition<NotificationSettings>['settings'] = {
  ...baseSettings,
  TWILIO_ACCOUNT_SID: accountSid({ desc: 'Twilio account' }),
  TWILIO_AUTH_TOKEN: str({ desc: "Twilio's auth token" }),
  TWILIO_AUTH_TOKEN_SECONDARY: str({
    default: '',
    desc: 'the second auth token while it is rotated; reports signed with it are believed too',
  }),
  TWILIO_FROM: sender({ desc: 'number or sender name that SMS come from' }),
  TWILIO_API_BASE_URL: url({ default: 'https://api.twilio.com', desc: 'Twilio, or its simulator' }),
  TWILIO_STATUS_CALLBACK_URL: webUrl({
    default: '',
    desc: 'public URL of /api/webhooks/twilio, for delivery reports and SMS that come in; a fragment sets their retries (#rc=3&rp=5xx,ct,rt)',
  }),
  CONTACT_SECRET: kinds.secret({ desc: 'seals names, phones and texts of SMS' }),
  SMS_TIMEOUT_MS: kinds.positive({
    default: 15_000,
    desc: "longest wait for Twilio's answer; afterwards the outcome is unknown",
  }),
  SMS_ASK_AFTER_MS: kinds.positive({
    default: 60_000,
    desc: 'from an SMS of unknown outcome to the question whether Twilio has it',
  }),
  WEBHOOK_TIMEOUT_MS: kinds.positive({
    default: 15_000,
    desc: "longest wait for the answer of a partner's webhook endpoint",
  }),
};

/** What only a demo or a test may have. */
export function refuseInProduction(settings: NotificationSettings): string[] {
  if (settings.WATTLINE_MODE !== 'production') return [];
  const faults: string[] = [];
  const refuse = (when: boolean, fault: string) => void (when && faults.push(fault));
  refuse(/^AC(.)\1{31}$/.test(settings.TWILIO_ACCOUNT_SID), 'TWILIO_ACCOUNT_SID: is a test value');
  refuse(
    !/^[0-9a-f]{32}$/.test(settings.TWILIO_AUTH_TOKEN) || /^(.)\1+$/.test(settings.TWILIO_AUTH_TOKEN),
    'TWILIO_AUTH_TOKEN: is none of Twilio (32 hexadecimal digits)',
  );
  refuse(
    !/^([0-9a-f]{32})?$/.test(settings.TWILIO_AUTH_TOKEN_SECONDARY),
    'TWILIO_AUTH_TOKEN_SECONDARY: is none of Twilio (32 hexadecimal digits)',
  );
  refuse(settings.TWILIO_FROM.startsWith('+1500555'), 'TWILIO_FROM: is a test number');
  refuse(
    !settings.TWILIO_API_BASE_URL.startsWith('https://'),
    'TWILIO_API_BASE_URL: must be https in production',
  );
  refuse(
    settings.TWILIO_STATUS_CALLBACK_URL.startsWith('http://'),
    'TWILIO_STATUS_CALLBACK_URL: must be https in production',
  );
  refuse(/^(.)\1+$/.test(settings.CONTACT_SECRET), 'CONTACT_SECRET: is a test value');
  refuse(
    settings.CONTACT_SECRET === settings.INTERNAL_SECRET,
    'CONTACT_SECRET: must differ from INTERNAL_SECRET',
  );
  return faults;
}
