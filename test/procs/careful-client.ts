import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Reply {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of every shape are looked into
  body: any;
  replayed: boolean;
}

const PAUSE_MILLIS = [50, 100, 200, 400];
const GIVE_UP_MILLIS = 120_000;
const TIMEOUT_MILLIS = 8_000;

/** What a careful client does: whatever leaves the outcome open is sent again, under the same key. */
export class CarefulClient {
  private readonly pool: Pool;
  /** Answers that were no answer, by kind; `500` must stay 0. */
  readonly retried = new Map<string, number>();

  constructor(url: string) {
    this.pool = new Pool(url, {
      connections: 128,
      pipelining: 1,
      headersTimeout: TIMEOUT_MILLIS,
      bodyTimeout: TIMEOUT_MILLIS,
      connect: { timeout: 2_000 },
    });
  }

  /** Until there is an answer that means something. Throws after two minutes. */
  async send(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<Reply> {
    const deadline = performance.now() + GIVE_UP_MILLIS;
    for (let tries = 0; ; tries++) {
      const reply = await this.once(method, path, headers, body);
      if (typeof reply !== 'string') return reply;
      this.retried.set(reply, (this.retried.get(reply) ?? 0) + 1);
      if (performance.now() > deadline)
        throw new Error(`${method} ${path}: no answer in time, last ${reply}`);
      await sleep(PAUSE_MILLIS[tries] ?? PAUSE_MILLIS.at(-1));
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** The answer, or in a word why it is none. */
  private async once(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<Reply | string> {
    try {
      const answer = await this.pool.request({
        method,
        path,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        body: body ? JSON.stringify(body) : null,
      });
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      const json = text ? JSON.parse(text) : undefined;
      if (status >= 500 || status === 429 || json?.code === 'request_in_progress') {
        const complete = status === 500 || answer.headers['retry-after'] !== undefined;
        return complete ? String(status) : `${status} without Retry-After`;
      }
      return { status, body: json, replayed: answer.headers['idempotency-replayed'] === 'true' };
    } catch {
      return 'network';
    }
  }
}
