import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';

/** Times every answer by its route's pattern, never by its path, which may hold ids. */
export function watchRequests(fastify: unknown, metrics: Metrics): void {
  (fastify as FastifyInstance).addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    done();
  });
}
