import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock } from '#kernel';
import { Authenticator, type Caller, contextOf, SETTINGS, SignedCallerAuthenticator } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { type AccessClaims, AccessTokens } from './access-tokens.js';
import { LiveSessions } from './live-sessions.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the access token that the request came with. */
    sessionId?: string;
  }
}

/** People come with an access token of a session that is alive; other services, to /internal/, with the signed header. */
@Injectable()
export class BearerAuthenticator extends Authenticator {
  private readonly services: SignedCallerAuthenticator;

  constructor(
    @Inject(SETTINGS) settings: GatewaySettings,
    clock: Clock,
    private readonly tokens: AccessTokens,
    private readonly sessions: LiveSessions,
  ) {
    super();
    this.services = new SignedCallerAuthenticator(settings, clock);
  }

  async authenticate(request: FastifyRequest): Promise<Caller | undefined> {
    // By the route that was found, not by the text of the path, which can be written in many ways.
    if (request.routeOptions.url?.startsWith('/internal/')) return this.services.authenticate(request);
    const claims = claimsOf(request, this.tokens);
    if (!claims || !(await this.sessions.isLive(claims.sessionId))) return undefined;
    request.sessionId = claims.sessionId;
    const { correlationId, traceparent } = contextOf(request.headers);
    return { kind: 'user', userId: claims.userId, role: claims.role, correlationId, traceparent };
  }
}

/** What the request's access token says, whether or not its session is still alive. */
export function claimsOf(request: FastifyRequest, tokens: AccessTokens): AccessClaims | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  return tokens.read(authorization.slice(7));
}
