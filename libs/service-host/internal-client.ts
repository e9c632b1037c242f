import { Pool } from 'undici';
import type { ProblemAnswer, ServiceName } from '#contracts';
import { type Clock, ok, Problem, type ProblemCode, PROBLEMS, refuse, type Result } from '#kernel';
import type { WorkContext } from '#persistence';
import { CALLER_HEADER, signCaller } from './caller.js';
import type { BaseSettings } from './settings.js';

type Method = 'GET' | 'PUT' | 'POST';

const TIMEOUT_MILLIS = 5_000;
/** To each service: what arrives there at once shares a transaction, so a few would make small batches (5 × slower). */
const CONNECTIONS = 128;

/** Calls to the other services: a question or a first command, never a state change of one's own. */
export class InternalClient {
  private readonly pools = new Map<ServiceName, Pool>();

  constructor(
    private readonly service: ServiceName,
    private readonly settings: BaseSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * The answer, or the problem that the other service named. A service that cannot be reached, or does not
   * answer in time, is `unavailable`: whether it acted is then not known.
   */
  async call<T>(
    to: ServiceName,
    method: Method,
    path: string,
    context: WorkContext,
    body?: unknown,
  ): Promise<Result<T>> {
    const caller = { kind: 'service', service: this.service, ...plain(context) } as const;
    try {
      const answer = await this.pool(to).request({
        method,
        path,
        headers: {
          [CALLER_HEADER]: signCaller(caller, this.settings.INTERNAL_SECRET, this.clock.now().getTime()),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await answer.body.text();
      if (answer.statusCode < 300) return ok((text ? JSON.parse(text) : undefined) as T);
      const after = Number(answer.headers['retry-after']);
      const said = parse(text) ?? { code: String(answer.statusCode) };
      return refuse(problemFrom(to, { ...said, retryAfterSeconds: after > 0 ? after : undefined }));
    } catch (error) {
      return refuse(unreachable(to, error));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
  }

  pool(service: ServiceName): Pool {
    let pool = this.pools.get(service);
    if (!pool) {
      pool = new Pool(addressOf(service, this.settings), {
        connections: CONNECTIONS,
        pipelining: 1,
        headersTimeout: TIMEOUT_MILLIS,
        bodyTimeout: TIMEOUT_MILLIS,
        connect: { timeout: 2_000 },
      });
      this.pools.set(service, pool);
    }
    return pool;
  }
}

export function addressOf(service: ServiceName, settings: BaseSettings): string {
  return settings[`${service.toUpperCase() as Uppercase<ServiceName>}_URL`];
}

function plain({ correlationId, causationId, traceparent }: WorkContext): WorkContext {
  return { correlationId, causationId, traceparent };
}

/** What another service refused with, when it is one of ours; anything else is no answer. */
export function problemFrom(service: ServiceName, answer: ProblemAnswer | undefined): Problem {
  const { code, detail, errors, links, retryAfterSeconds } = answer ?? { code: 'nothing' };
  if (!Object.hasOwn(PROBLEMS, code) || PROBLEMS[code as ProblemCode].status >= 500)
    return unreachable(service, new Error(`answered ${code}`));
  return new Problem(code as ProblemCode, detail, errors, { links, retryAfterSeconds });
}

function parse(text: string): ProblemAnswer | undefined {
  try {
    return JSON.parse(text) as ProblemAnswer;
  } catch {
    return undefined;
  }
}

function unreachable(service: ServiceName, error: unknown): Problem {
  const problem = new Problem('unavailable', `${service} did not answer`, undefined, {
    retryAfterSeconds: 1,
  });
  problem.cause = error;
  return problem;
}
