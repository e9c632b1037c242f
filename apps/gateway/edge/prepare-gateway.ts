import cors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authenticator, type ServiceParts } from '#service-host';
import { ApiKeys } from '../api-keys/api-keys.js';
import { forwardRequests } from '../forwarding/forward-requests.js';
import { Forwarder } from '../forwarding/forwarder.js';
import type { GatewaySettings } from '../gateway-settings.js';
import { serveLive } from '../live/serve-live.js';
import { LiveUpdates } from '../live/live-updates.js';
import { serveDocs } from '../public-api/serve-docs.js';
import { AccessTokens } from '../sessions/access-tokens.js';
import { correlate } from './correlation.js';
import { securityHeaders } from './security-headers.js';
import { limitTraffic } from './traffic-limits.js';

/** What stands before Nest's controllers. Hooks run in this order; a preflight is answered before it is counted. */
export async function prepareGateway(
  app: NestFastifyApplication,
  { settings, log, transport }: ServiceParts<GatewaySettings>,
): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  correlate(fastify, await securityHeaders());
  const origins = settings.CORS_ORIGINS.split(',')
    .map((origin) => origin.trim())
    .filter(Boolean);
  if (origins.length > 0) await app.register(cors, corsFor(origins));
  limitTraffic(fastify, { settings, tokens: app.get(AccessTokens), keys: app.get(ApiKeys), log });
  const parts = { authenticator: app.get(Authenticator), forwarder: app.get(Forwarder), log };
  await app.register(forwardRequests(parts));
  await serveLive(app.getHttpServer(), transport, app.get(LiveUpdates), origins);
  serveDocs(app);
}

/** Tokens travel in a header, so no credentials are allowed: a browser sends nothing by itself. */
function corsFor(origin: string[]) {
  return {
    origin,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'x-correlation-id',
      'traceparent',
      'x-step-up',
    ],
    exposedHeaders: ['x-correlation-id', 'retry-after', 'location', 'idempotency-replayed'],
    maxAge: 600,
  };
}
