export interface TwilioError {
  status: number;
  code: number;
  message: string;
}

interface ErrorKind {
  status: number;
  text: string;
}

/** `{}` stands for what was refused: a number, a sid, a name. */
const KINDS: Readonly<Record<number, ErrorKind>> = {
  20001: { status: 400, text: 'Bad request: {}' },
  20003: { status: 401, text: 'Authenticate' },
  20009: { status: 409, text: 'Cannot change {} because delivery has not been completed' },
  20404: { status: 404, text: 'The requested resource {} was not found' },
  20429: { status: 429, text: 'Too Many Requests' },
  20503: { status: 503, text: 'Service unavailable' },
  21211: { status: 400, text: "Invalid 'To' Phone Number: {}" },
  21212: { status: 400, text: "Invalid 'From' Number: {}" },
  21408: { status: 400, text: 'Permission to send an SMS has not been enabled for the region of {}' },
  21602: { status: 400, text: 'Message body is required.' },
  21603: { status: 400, text: "A 'From' or 'MessagingServiceSid' parameter is required." },
  21604: { status: 400, text: "A 'To' phone number is required." },
  21606: { status: 400, text: "The 'From' number {} is not a message-capable number of this account." },
  21608: {
    status: 400,
    text: 'The number {} is unverified; a trial account sends to verified numbers only.',
  },
  21609: { status: 400, text: "The 'StatusCallback' URL {} is not a valid URL." },
  21610: { status: 400, text: 'Attempt to send to unsubscribed recipient {}' },
  21611: { status: 400, text: "This 'From' number {} has exceeded the number of queued messages." },
  21612: { status: 400, text: "Message cannot be sent with this combination of 'To' ({}) and 'From'." },
  21614: { status: 400, text: "'To' number {} is not a valid mobile number" },
  21617: { status: 400, text: 'The concatenated message body exceeds the 1600 character limit' },
  21659: { status: 400, text: "'From' {} is not a Twilio phone number or short code of this account" },
  21701: { status: 400, text: 'The Messaging Service {} does not exist' },
  30409: { status: 400, text: 'Message {} cannot be canceled: it is no longer scheduled' },
};

/** Why a carrier did not deliver: `error_message` of a message, and `ErrorCode` of its callback. */
const DELIVERY: Readonly<Record<number, string>> = {
  30001: 'Queue overflow',
  30002: 'Account suspended',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Carrier violation',
  30008: 'Unknown error',
};

export function twilioError(code: number, about = ''): TwilioError {
  const kind = KINDS[code] ?? { status: 400, text: 'The request was refused: {}' };
  return { status: kind.status, code, message: kind.text.replace('{}', about) };
}

export function deliveryErrorText(code: number): string {
  return DELIVERY[code] ?? 'Message was not delivered';
}

export function errorBody({ status, code, message }: TwilioError): string {
  return JSON.stringify({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
