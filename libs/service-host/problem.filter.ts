import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  ValidationPipe,
} from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type FieldError, Problem, type ProblemCode, PROBLEMS } from '#kernel';
import { failureKind } from '#persistence';
import { contextOf } from './caller.js';
import type { Log } from './log.js';

/** The one place that turns what went wrong into an RFC 9457 answer. Never tells what was inside. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(http.getRequest(), http.getResponse(), error, this.log);
  }
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown, log: Log): void {
  const problem = problemOf(error);
  const context = request.caller ?? contextOf(request.headers);
  if (problem.status >= 500) {
    log.error(
      { err: error, correlationId: context.correlationId, route: request.routeOptions.url },
      problem.code,
    );
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  const { retryAfterSeconds, links, limit } = problem.extra;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  void reply
    .status(problem.status)
    .header('x-correlation-id', context.correlationId)
    .type('application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({
        type: `https://wattline.dev/problems/${problem.code}`,
        title: PROBLEMS[problem.code].title,
        status: problem.status,
        detail: problem.detail,
        instance: request.url.split('?')[0],
        code: problem.code,
        traceId: context.traceparent?.split('-')[1],
        errors: problem.errors,
        links,
        limit,
      }),
    );
}

/** What may be told about an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code = status === undefined ? undefined : codeOf(status);
  if (code) return new Problem(code, code === 'validation_failed' ? 'the request cannot be read' : undefined);
  switch (failureKind(error)) {
    case 'connection':
      return new Problem('unavailable', undefined, undefined, { retryAfterSeconds: 1 });
    case 'locked':
    case 'collision':
      return new Problem('request_in_progress', undefined, undefined, { retryAfterSeconds: 1 });
    case 'other':
      return new Problem('internal_error');
  }
}

/** Problems that Nest and Fastify find before a controller runs. */
const CODE_BY_STATUS: Record<number, ProblemCode> = {
  400: 'validation_failed',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  413: 'payload_too_large',
  414: 'not_found', // nothing here has an id that is so long
  415: 'unsupported_media_type',
  429: 'rate_limited',
};

/** What the framework blames on the request is never an error of ours. */
function codeOf(status: number): ProblemCode | undefined {
  return CODE_BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'validation_failed' : undefined);
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Bodies and queries: unknown members are refused, every fault is named with its pointer. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors: ValidationError[]) => {
      const fields = errors.flatMap((error) => fieldErrors(error, '#'));
      return new Problem('validation_failed', fields[0]?.detail, fields);
    },
  });
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.values(error.constraints ?? {}).map((detail) => ({ detail, pointer }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
