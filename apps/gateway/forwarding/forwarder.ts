import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ServiceName } from '#contracts';
import { Clock, Problem } from '#kernel';
import { type Caller, CALLER_HEADER, contextOf, InternalClient, SETTINGS, signCaller } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

export type ForwardedMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ForwardedRequest {
  method: ForwardedMethod;
  /** With its query, as it was written. */
  path: string;
  /** All that goes along but the caller; what is undefined is left out. */
  headers: Record<string, string | string[] | undefined>;
  body?: Buffer | string;
}

export interface ForwardedAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What of a service's answer is for the outside. */
const ANSWER_HEADERS = [
  'content-type',
  'content-disposition',
  'retry-after',
  'location',
  'idempotency-replayed',
  'x-correlation-id',
];

/** Passes requests on to the services, in the name of whoever asked. */
@Injectable()
export class Forwarder {
  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    private readonly client: InternalClient,
    private readonly clock: Clock,
  ) {}

  /**
   * The service's answer, whatever it is. Without a caller the request goes unsigned, to a route that is open.
   * Throws `unavailable` when the service does not answer in time: whether it acted is then not known.
   */
  async send(
    to: ServiceName,
    { method, path, headers, body }: ForwardedRequest,
    caller: Caller | undefined,
  ): Promise<ForwardedAnswer> {
    const sent: Record<string, string | string[]> = {};
    for (const name in headers) if (headers[name] !== undefined) sent[name] = headers[name];
    if (caller) {
      sent[CALLER_HEADER] = signCaller(caller, this.settings.INTERNAL_SECRET, this.clock.now().getTime());
      sent['x-correlation-id'] = caller.correlationId;
    }
    try {
      const answer = await this.client.pool(to).request({ method, path, headers: sent, body: body ?? null });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, headers: answer.headers, body: bytes };
    } catch (error) {
      throw problemFrom(to, error);
    }
  }
}

/** Answers with what a service answered. */
export function passOn(answer: ForwardedAnswer, reply: FastifyReply): FastifyReply {
  void reply.code(answer.status);
  for (const name of ANSWER_HEADERS) {
    const value = answer.headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  return reply.send(answer.body.length > 0 ? answer.body : undefined);
}

/** The headers that every forwarded request takes along. */
export function usualHeaders(
  headers: Record<string, string | string[] | undefined>,
): ForwardedRequest['headers'] {
  const { correlationId, traceparent } = contextOf(headers);
  return {
    'content-type': headers['content-type'],
    'idempotency-key': headers['idempotency-key'],
    'x-correlation-id': correlationId,
    traceparent,
  };
}

function problemFrom(service: ServiceName, error: unknown): Problem {
  if (error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG') {
    return new Problem('validation_failed', 'the request cannot be read'); // a path or header that may not be sent
  }
  const problem = new Problem('unavailable', `${service} did not answer`, undefined, {
    retryAfterSeconds: 1,
  });
  problem.cause = error;
  return problem;
}
