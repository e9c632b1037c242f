import { Client, type Dispatcher } from 'undici';
import type { IssueOutcome } from '../vends/token-issuer.port.js';
import { nameOf } from './tokens-of-answers.rules.js';

/** What came of one call. */
export type Answer =
  { kind: 'answered'; text: string } | Extract<IssueOutcome, { kind: 'not_done' | 'unknown' }>;

export interface PostOptions {
  /** Told in a header. No manufacturer is known to read it, but whoever reads their log can find the call by it. */
  requestId: string;
  /** Ends the call; its outcome is then unknown. */
  signal: AbortSignal;
}

const CONNECT_MILLIS = 5_000;
const ANSWER_BYTES = 64 * 1024;
/** Turned away before anything was done. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 411, 413, 415, 422, 429]);

/**
 * One POST of JSON, on a connection of its own: whether anything can have left is then known, and no idle connection
 * that the other side has just closed leaves a doubt. Nothing is repeated, no redirect is followed. Never throws.
 */
export async function post(url: string, body: object, { requestId, signal }: PostOptions): Promise<Answer> {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin, {
    pipelining: 0,
    maxHeaderSize: 16 * 1024,
    // The signal ends it all.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_MILLIS },
  });
  let isConnected = false;
  client.on('connect', () => (isConnected = true));
  try {
    const answer = await client.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-request-id': requestId },
      body: JSON.stringify(body),
      signal,
    });
    return judge(answer.statusCode, await textOf(answer.body));
  } catch (error) {
    const why = signal.aborted ? 'no answer in time' : nameOf(error);
    return isConnected
      ? { kind: 'unknown', reason: why }
      : { kind: 'not_done', reason: `no connection: ${why}` };
  } finally {
    void client.destroy().catch(() => undefined);
  }
}

function judge(status: number, text: string): Answer {
  if (status >= 200 && status < 300) return { kind: 'answered', text };
  return { kind: TURNED_AWAY.has(status) ? 'not_done' : 'unknown', reason: `answered ${status}` };
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ANSWER_BYTES) throw new RangeError('too long an answer');
  }
  return Buffer.concat(chunks).toString('utf8');
}
