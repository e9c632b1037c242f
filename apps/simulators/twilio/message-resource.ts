import { API_VERSION, messagesPath } from './account.js';
import type { Message } from './message.js';
import { segmentsOf } from './sms-segments.js';
import { deliveryErrorText } from './twilio-errors.js';

/** A message in Twilio's own shape: counts and prices as text, dates by RFC 2822, absent things as null. */
export function resourceOf(message: Message, accountSid: string): Record<string, unknown> {
  const path = `${messagesPath(accountSid)}/${message.sid}`;
  const { errorCode = null, sentAt, status } = message;
  return {
    body: message.redacted ? '' : message.body,
    num_segments: String(segmentsOf(message.body).segments),
    direction: 'outbound-api',
    from: status === 'accepted' ? null : message.from,
    date_updated: rfc2822(message.updatedAt),
    price: null,
    error_message: errorCode === null ? null : deliveryErrorText(errorCode),
    uri: `${path}.json`,
    account_sid: accountSid,
    num_media: '0',
    to: message.to,
    date_created: rfc2822(message.acceptedAt),
    status,
    sid: message.sid,
    date_sent: sentAt === undefined ? null : rfc2822(sentAt),
    messaging_service_sid: message.messagingServiceSid ?? null,
    error_code: errorCode,
    price_unit: 'USD',
    api_version: API_VERSION,
    subresource_uris: { media: `${path}/Media.json` },
  };
}

function rfc2822(millis: number): string {
  return new Date(millis).toUTCString().replace('GMT', '+0000');
}
