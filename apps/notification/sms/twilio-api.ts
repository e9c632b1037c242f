import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import twilio from 'twilio';
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js';
import { Pool } from 'undici';
import { Clock } from '#kernel';
import { SETTINGS } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { callbackUrlFor } from '../reports/callback-url.rules.js';
import { TwilioHttp } from './twilio-http.js';
import { type Refusal, retryAfterOf } from './twilio-answers.rules.js';

/** A message as Twilio has it. */
export interface TwilioMessage {
  sid: string;
  segments: number | null;
  /** Twilio's word for what became of it so far. */
  status: string;
}

export interface ListedMessage extends TwilioMessage {
  body: string;
  createdAt: Date;
}

/** Twilio, or something on the way to it, answered with an error. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(`Twilio answered ${refusal.status}${refusal.code === undefined ? '' : `/${refusal.code}`}`);
    this.name = 'Refused';
  }
}

const CONNECTIONS = 64;
const CONNECT_TIMEOUT_MILLIS = 5_000;
const ANSWER_MAX_BYTES = 2 * 1024 * 1024;
const PAGE_SIZE = 100;

/** The calls that we need of Twilio's API, through its own SDK over our pool of connections. */
@Injectable()
export class TwilioApi implements OnModuleDestroy {
  private readonly pool: Pool;

  constructor(
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    private readonly clock: Clock,
  ) {
    this.pool = new Pool(new URL(settings.TWILIO_API_BASE_URL).origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MILLIS },
      headersTimeout: settings.SMS_TIMEOUT_MS,
      bodyTimeout: settings.SMS_TIMEOUT_MS,
      maxResponseSize: ANSWER_MAX_BYTES,
    });
  }

  /** Waits for the calls under way; a call that comes later never leaves. */
  onModuleDestroy(): Promise<void> {
    return this.pool.close();
  }

  /** Throws `Refused` for an error status; whatever else it throws leaves open whether Twilio has the message. */
  async send(messageId: string, to: string, body: string, signal: AbortSignal): Promise<TwilioMessage> {
    const { TWILIO_FROM: from, TWILIO_STATUS_CALLBACK_URL: callback } = this.settings;
    const statusCallback = callback === '' ? undefined : callbackUrlFor(callback, messageId);
    const message = await this.call(signal, (client) =>
      client.messages.create({ to, from, body, ...(statusCallback && { statusCallback }) }),
    );
    return read(message);
  }

  /** What became of a message. Throws as `send` does. */
  async read(sid: string, signal: AbortSignal): Promise<{ status: string; errorCode?: string }> {
    const { status, errorCode } = await this.call(signal, (client) => client.messages(sid).fetch());
    if (typeof status !== 'string') throw new Error('Twilio told no status');
    return { status, ...(errorCode && { errorCode: String(errorCode) }) };
  }

  /** Empties the text of a message that Twilio has delivered. Throws as `send` does. */
  async redact(sid: string, signal: AbortSignal): Promise<void> {
    await this.call(signal, (client) => client.messages(sid).update({ body: '' }));
  }

  /**
   * What Twilio has for this phone, page by page, as far back as a moment. The list is not filtered by its
   * date of sending: a message that Twilio still queues may have none, and it is just the one we look for.
   */
  async *sentTo(phone: string, since: Date, signal: AbortSignal): AsyncGenerator<ListedMessage[]> {
    const first = await this.call(signal, (client) =>
      client.messages.page({ to: phone, pageSize: PAGE_SIZE }),
    );
    for (let page: typeof first | undefined = first; page; page = await this.nextOf(page, signal)) {
      const listed = page.instances.map(listedOf);
      yield listed;
      if (listed.length > 0 && listed.every(({ createdAt }) => createdAt < since)) return;
    }
  }

  private nextOf<P extends { nextPageUrl?: string }>(page: P, signal: AbortSignal): Promise<P> | undefined {
    const { nextPageUrl } = page;
    if (!nextPageUrl) return undefined;
    return this.call(signal, (client) => client.messages.getPage(nextPageUrl)) as unknown as Promise<P>;
  }

  /** A client per call costs microseconds, and lets the call end by its own signal. */
  private async call<T>(signal: AbortSignal, ask: (client: twilio.Twilio) => Promise<T>): Promise<T> {
    const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_BASE_URL } = this.settings;
    const http = new TwilioHttp(this.pool, signal);
    const client = new twilio.Twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, {
      httpClient: http as unknown as twilio.RequestClient,
      // Without these the environment's TWILIO_REGION would rewrite the host of the base URL.
      edge: '',
      region: '',
    });
    client.api.baseUrl = TWILIO_API_BASE_URL;
    try {
      return await ask(client);
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined) throw error;
      const { code } = error as { code?: unknown };
      throw new Refused({
        status,
        code: typeof code === 'number' ? code : undefined,
        retryAfterMillis: retryAfterOf(http.headers['retry-after'], this.clock.now().getTime()),
      });
    }
  }
}

/** The SDK's own errors carry the HTTP status. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

/** Twilio's answers are JSON of any shape until this has looked: what is no message leaves the outcome open. */
function read({ sid, numSegments, status }: Partial<Record<keyof MessageInstance, unknown>>): TwilioMessage {
  if (typeof sid !== 'string' || !sid) throw new Error('Twilio told of a message without a sid');
  const segments = Number(numSegments);
  return {
    sid,
    segments: Number.isInteger(segments) && segments > 0 ? segments : null,
    status: typeof status === 'string' ? status : '',
  };
}

/** Taken for empty or old, an entry that cannot be read would be a reason to send again. */
function listedOf(message: MessageInstance): ListedMessage {
  const { body, dateCreated }: { body: unknown; dateCreated: unknown } = message;
  const isDated = dateCreated instanceof Date && !Number.isNaN(dateCreated.getTime());
  if (!isDated || (typeof body !== 'string' && body !== null && body !== undefined))
    throw new Error('Twilio lists something that is no message');
  return { ...read(message), body: body ?? '', createdAt: dateCreated };
}
