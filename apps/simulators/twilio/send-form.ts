import { field, type Fields } from '../server.js';
import { isCallbackUrl } from './callback-url.js';
import { smartEncoded } from './sms-segments.js';
import { twilioError, type TwilioError } from './twilio-errors.js';

export interface SendOrder {
  to: string;
  from: string;
  body: string;
  statusCallback: string | undefined;
  messagingServiceSid: string | undefined;
}

const BODY_MAX = 1600;
const VALIDITY_MAX_S = 36_000;
const E164 = /^\+[1-9]\d{6,14}$/;
const SENDER = /^(\+[1-9]\d{6,14}|\d{3,6}|(?=.*[A-Za-z])[A-Za-z0-9 &+_.-]{1,11})$/;
const SERVICE = /^MG[0-9a-f]{32}$/;
/** What a messaging service sends from: the one number that Twilio's test accounts own. */
const POOL_NUMBER = '+15005550006';

/** What the form asks for, or Twilio's refusal of it. */
export function readSendForm(form: Fields | null | undefined): SendOrder | TwilioError {
  const to = field(form, 'To');
  const from = field(form, 'From') || undefined;
  const service = field(form, 'MessagingServiceSid') || undefined;
  const body = field(form, 'Body');
  const statusCallback = field(form, 'StatusCallback') || undefined;
  const validity = field(form, 'ValidityPeriod');

  if (!to) return twilioError(21604);
  if (!E164.test(to)) return twilioError(21211, to);
  if (from === undefined && service === undefined) return twilioError(21603);
  if (from !== undefined && !SENDER.test(from)) return twilioError(21212, from);
  if (service !== undefined && !SERVICE.test(service)) return twilioError(21701, service);
  if (!body) return twilioError(21602);
  if (body.length > BODY_MAX) return twilioError(21617);
  if (statusCallback !== undefined && !isCallbackUrl(statusCallback))
    return twilioError(21609, statusCallback);
  if (validity !== undefined && !isValidity(validity)) {
    return twilioError(20001, `ValidityPeriod must be from 1 to ${VALIDITY_MAX_S} seconds`);
  }
  return {
    to,
    from: from ?? POOL_NUMBER,
    body: field(form, 'SmartEncoded') === 'true' ? smartEncoded(body) : body,
    statusCallback,
    messagingServiceSid: service,
  };
}

function isValidity(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= VALIDITY_MAX_S;
}
