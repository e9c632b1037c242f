import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#kernel';
import type { Ring } from '../ring.js';
import type { Treatment } from './treatment.js';
import { errorBody, twilioError, type TwilioError } from './twilio-errors.js';
import type { RequestEntry } from './twilio-log.js';

const JSON_TYPE = 'application/json;charset=utf-8';
const HANG_MS = 120_000;
const SLOW_MS = 5000;

/** What the log says about a request besides its answer. */
export interface About {
  to?: string | undefined;
  sid?: string | undefined;
  fault?: string | undefined;
}

/** Every way out of a request, each of them written to the log. */
export class Answers {
  private readonly closing = new AbortController();

  constructor(
    private readonly clock: Clock,
    private readonly record: Ring<RequestEntry>,
  ) {}

  json(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    body: unknown,
    about: About = {},
  ): FastifyReply {
    this.note(request, status, about);
    // A text goes out in one write with its head; an object would pass through Fastify's serializer first.
    return reply.code(status).header('content-type', JSON_TYPE).send(JSON.stringify(body));
  }

  error(request: FastifyRequest, reply: FastifyReply, error: TwilioError, about: About = {}): FastifyReply {
    this.note(request, error.status, about, error.code);
    if (error.status === 401) reply.header('www-authenticate', 'Basic realm="Twilio API"');
    return reply.code(error.status).header('content-type', JSON_TYPE).send(errorBody(error));
  }

  empty(request: FastifyRequest, reply: FastifyReply, about: About = {}): FastifyReply {
    this.note(request, 204, about);
    return reply.code(204).send();
  }

  /** The faults that refuse; undefined when the treatment is none of them. */
  refusal({ answer, code, status }: Treatment, to: string): TwilioError | undefined {
    if (answer === '401') return twilioError(20003);
    if (answer === '429') return twilioError(20429);
    if (answer === '5xx') return { ...twilioError(20503), status: status ?? 503 };
    if (answer === 'refused') return { ...twilioError(code ?? 21612, to), status: status ?? 400 };
    return undefined;
  }

  /** The faults of the way back: the work is done, or not, and the client cannot tell. */
  async spoilt(
    request: FastifyRequest,
    reply: FastifyReply,
    treatment: Treatment,
    about: About,
  ): Promise<boolean> {
    switch (treatment.answer) {
      case 'slow':
        await this.delay(treatment.latencyMs ?? SLOW_MS);
        return false;
      case 'wrong-body':
        this.note(request, 'wrong body', about);
        void reply.code(request.method === 'POST' ? 201 : 200).type('text/html');
        void reply.send('<!doctype html><title>Gateway</title><h1>Welcome</h1>');
        return true;
      case 'hang':
        this.note(request, 'no answer', about);
        await this.delay(HANG_MS);
        return this.drop(reply);
      case 'accept-then-drop':
      case 'drop-before-accept':
        this.note(request, 'dropped', about);
        return this.drop(reply);
      default:
        return false;
    }
  }

  /** Ends early when the simulator closes. */
  async delay(ms: number | undefined): Promise<void> {
    if (!ms) return;
    await wait(ms, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }

  close(): void {
    this.closing.abort();
  }

  private drop(reply: FastifyReply): true {
    reply.hijack();
    reply.raw.socket?.destroy();
    return true;
  }

  private note(request: FastifyRequest, outcome: number | string, about: About, code?: number): void {
    const at = this.clock.now().getTime();
    this.record.push({ at, method: request.method, path: request.url, ...about, outcome, code });
  }
}
