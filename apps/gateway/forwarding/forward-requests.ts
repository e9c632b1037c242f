import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#kernel';
import { type Authenticator, type Log, sendProblem } from '#service-host';
import { type ForwardedMethod, type Forwarder, passOn, usualHeaders } from './forwarder.js';
import { FORWARDED_ROUTES, type ForwardedRoute } from './routes.js';

interface ForwardingParts {
  authenticator: Authenticator;
  forwarder: Forwarder;
  log: Log;
}

const METHODS: ForwardedMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * A Fastify plugin with a scope of its own, in which bodies stay the bytes that they are: the service that answers
 * parses and validates them, once. Errors are told as everywhere.
 */
export function forwardRequests({ authenticator, forwarder, log }: ForwardingParts) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log));
    for (const route of FORWARDED_ROUTES) {
      scope.route({
        method: METHODS,
        url: route.path,
        exposeHeadRoute: false,
        handler: (request, reply) => forward(route, request, reply),
      });
    }
  };

  async function forward(
    route: ForwardedRoute,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const path = request.url;
    if (climbs(path)) throw new Problem('not_found');
    const caller = route.open ? undefined : await authenticator.authenticate(request);
    if (!route.open && !caller) throw new Problem('unauthorized');
    request.caller = caller;
    // Headers are chosen, not copied: a signed caller that somebody sent from outside stays outside.
    const headers = usualHeaders(request.headers);
    for (const name of route.headers ?? []) headers[name] = request.headers[name];
    const answer = await forwarder.send(
      route.service,
      {
        method: request.method as ForwardedMethod,
        path: route.rewrite ? route.rewrite(path) : path,
        headers,
        body: Buffer.isBuffer(request.body) ? request.body : undefined,
      },
      route.address && caller?.kind === 'user' ? { ...caller, address: request.ip } : caller,
    );
    return passOn(answer, reply);
  }
}

/** Whether a path leads out of the folder that it was routed by: the star of a route takes everything. */
function climbs(path: string): boolean {
  return (path.includes('..') || path.includes('%')) && /\/(\.|%2e){1,2}(\/|%2f|\\|\?|$)/i.test(path);
}
