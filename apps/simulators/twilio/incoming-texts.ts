import { randomBytes } from 'node:crypto';
import { Agent } from 'undici';
import { API_VERSION, type Account } from './account.js';
import { mayBeCalled, targetOf } from './callback-url.js';
import { signatureOf } from './twilio-signature.js';

/** An SMS from a phone to the service's number. */
export interface OutgoingText {
  from: string;
  body: string;
  /** How often it is delivered: more than once, as when an answer got lost. */
  copies: number;
}

export interface DeliveredText {
  sid: string;
  to: string;
  /** The HTTP status that came back for each copy, or why there is none. */
  outcomes: (number | string)[];
}

interface Options {
  account: Account;
  /** The number that people write to. */
  number: string;
  /** What was set at that number for SMS that come in. */
  url: string;
  hosts: readonly string[];
}

/** What Twilio says of words with which people opt out and in. */
const OPT_OUT_TYPES: Readonly<Record<string, string>> = { STOP: 'STOP', START: 'START', HELP: 'HELP' };

/** Hands the SMS that people send over to the customer's server, signed as Twilio does it. */
export class IncomingTexts {
  private readonly agent = new Agent();

  constructor(private readonly options: Options) {}

  close(): Promise<void> {
    return this.agent.destroy();
  }

  async send(text: OutgoingText): Promise<DeliveredText> {
    const { account, number } = this.options;
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const optOut = OPT_OUT_TYPES[text.body.trim().toUpperCase()];
    const params: Record<string, string> = {
      AccountSid: account.accountSid,
      ApiVersion: API_VERSION,
      Body: text.body,
      From: text.from,
      MessageSid: sid,
      NumMedia: '0',
      NumSegments: '1',
      SmsMessageSid: sid,
      SmsSid: sid,
      SmsStatus: 'received',
      To: number,
      ...(optOut !== undefined && { OptOutType: optOut }),
    };
    const outcomes = await Promise.all(Array.from({ length: text.copies }, () => this.post(params)));
    return { sid, to: number, outcomes };
  }

  private async post(params: Record<string, string>): Promise<number | string> {
    const { account, hosts } = this.options;
    const { url, readTimeoutMs } = targetOf(this.options.url);
    if (!mayBeCalled(url, hosts)) return 'refused: neither a loopback address nor an allowed host';
    const { origin, pathname, search } = new URL(url);
    try {
      const { statusCode, body } = await this.agent.request({
        origin,
        path: pathname + search,
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          'user-agent': 'TwilioProxy/1.1',
          'x-twilio-signature': signatureOf(account.authToken, url, params),
        },
        body: new URLSearchParams(params).toString(),
        signal: AbortSignal.timeout(readTimeoutMs),
      });
      await body.dump();
      return statusCode;
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string };
      return code ?? name ?? 'failed';
    }
  }
}
