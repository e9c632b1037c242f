import type { FastifyInstance } from 'fastify';
import { contextOf } from '#service-host';

/**
 * Gives every request one correlation id and one trace, its own or those it brought, and tells the id with every
 * answer, together with `headers`. Both are written into the request's headers, so that whoever reads them later
 * reads the same.
 */
export function correlate(fastify: FastifyInstance, headers: Record<string, string>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { correlationId, traceparent } = contextOf(request.headers);
    request.headers['x-correlation-id'] = correlationId;
    request.headers.traceparent = traceparent;
    void reply.headers(headers).header('x-correlation-id', correlationId);
    // Money and personal data: no cache keeps an answer.
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
    done();
  });
}
