import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '#kernel';
import { type Log, sendProblem } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import type { AccessTokens } from '../sessions/access-tokens.js';
import type { ApiKeys } from '../api-keys/api-keys.js';
import { bearerOf, claimsOf } from '../sessions/bearer-authenticator.js';

const MINUTE_SECONDS = 60;
/** Asked by machines that watch over this process, and by the other services. */
const UNLIMITED = /^\/(health\/|metrics$|internal\/)/;
/** Come from few addresses in great number, and are authenticated by their signature. */
const UNCOUNTED = /^\/api\/webhooks\//;

/**
 * Two limits: what is under way at once in this process, and how much one person may ask in a minute, or one
 * address where nobody is signed in. What is above is answered at once: better a few refusals than everybody slow.
 */
export function limitTraffic(
  fastify: FastifyInstance,
  {
    settings,
    tokens,
    keys,
    log,
  }: { settings: GatewaySettings; tokens: AccessTokens; keys: ApiKeys; log: Log },
): void {
  const perMinute = new RateLimiterMemory({
    points: settings.RATE_LIMIT_PER_MINUTE,
    duration: MINUTE_SECONDS,
  });
  let inFlight = 0;

  fastify.addHook('onRequest', (request, reply, done) => {
    if (UNLIMITED.test(routeOf(request))) return done();
    if (inFlight >= settings.MAX_IN_FLIGHT) {
      const busy = new Problem('unavailable', 'too many requests are under way', undefined, {
        retryAfterSeconds: 1,
      });
      return sendProblem(request, reply, busy, log);
    }
    inFlight += 1;
    reply.raw.once('close', () => (inFlight -= 1));
    if (UNCOUNTED.test(routeOf(request))) return done();
    perMinute
      .consume(claimsOf(request, tokens)?.userId ?? keys.ownerOf(bearerOf(request) ?? '') ?? request.ip)
      .then(
        () => done(),
        (spent: RateLimiterRes) => sendProblem(request, reply, limited(spent), log),
      );
  });
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? '';
}

function limited({ msBeforeNext }: RateLimiterRes): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new Problem('rate_limited', undefined, undefined, { retryAfterSeconds });
}
