import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { AddressRefused, allowedAddresses, readPartnerUrl, type ResolveHost } from './partner-address.js';
import type { AttemptResult } from './delivery-schedule.rules.js';

export interface WebhookPost {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface PostOptions {
  demo: boolean;
  timeoutMillis: number;
  resolve: ResolveHost;
}

const ANSWER_BYTES = 1_024;
/** A connection that nobody answers is given up by this, not left to the system, which waits for minutes. */
const CONNECT_MILLIS = 10_000;

/**
 * One attempt: the URL's rules and its host's addresses are looked at anew, and the connection goes to these very
 * addresses, on a connection of its own. Redirects are not followed. Never throws.
 */
export async function postWebhook(post: WebhookPost, options: PostOptions): Promise<AttemptResult> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), options.timeoutMillis);
  try {
    const read = readPartnerUrl(post.url, options.demo);
    if ('fault' in read) throw new AddressRefused(`the URL ${read.fault}`);
    const addresses = await orAborted(allowedAddresses(read.url, options.resolve), abort.signal);
    return await postTo(addresses, read.url, post, abort.signal);
  } catch (error) {
    return { status: null, error: abort.signal.aborted ? 'no answer in time' : nameOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** As `postWebhook`, to addresses that were looked at. */
export async function postTo(
  addresses: LookupAddress[],
  url: URL,
  { headers, body }: WebhookPost,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const client = new Client(url.origin, {
    pipelining: 0,
    maxHeaderSize: 16 * 1024,
    // The signal ends it all; undici's own clocks would come later.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { lookup: pinnedTo(addresses), autoSelectFamily: addresses.length > 1, timeout: CONNECT_MILLIS },
  });
  try {
    const answer = await client.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: { 'content-type': 'application/json', 'user-agent': 'Wattline-Webhooks/1', ...headers },
      body,
      signal,
    });
    const retryAfter = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      answer: await firstBytes(answer.body),
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    };
  } finally {
    void client.destroy().catch(() => undefined); // what is left of the answer is of no interest
  }
}

/** The name is not asked for a second time: another answer could lead elsewhere. */
function pinnedTo(addresses: LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    if (all) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

/** The status has told all that counts: a body that is slow or breaks off costs its rest only. */
async function firstBytes(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ANSWER_BYTES) break;
    }
  } catch {
    // as much as came
  }
  // What PostgreSQL's text cannot hold, and what could dress up an operator's terminal.
  const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('took too long')), { once: true });
    work.then(resolve, reject);
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is not trusted',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
};

function nameOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? 'the request failed';
}
