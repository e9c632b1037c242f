import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock, Problem } from '#kernel';
import { Authenticator, type Caller, contextOf, SETTINGS, SignedCallerAuthenticator } from '#service-host';
import { ApiKeys, KEY_PREFIX } from '../api-keys/api-keys.js';
import { scopeOfRoute } from '../api-keys/route-areas.js';
import type { GatewaySettings } from '../gateway-settings.js';
import { type AccessClaims, AccessTokens } from './access-tokens.js';
import { LiveSessions } from './live-sessions.js';
import { STEP_UP_HEADER, StepUpTokens } from './step-up-tokens.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the access token that the request came with. */
    sessionId?: string;
  }
}

/** People come with an access token of a session that is alive, machines with an API key; other services, to /internal/, with the signed header. */
@Injectable()
export class BearerAuthenticator extends Authenticator {
  private readonly services: SignedCallerAuthenticator;

  constructor(
    @Inject(SETTINGS) settings: GatewaySettings,
    clock: Clock,
    private readonly tokens: AccessTokens,
    private readonly sessions: LiveSessions,
    private readonly keys: ApiKeys,
    private readonly stepUps: StepUpTokens,
  ) {
    super();
    this.services = new SignedCallerAuthenticator(settings, clock);
  }

  async authenticate(request: FastifyRequest): Promise<Caller | undefined> {
    // By the route that was found, not by the text of the path, which can be written in many ways.
    if (request.routeOptions.url?.startsWith('/internal/')) return this.services.authenticate(request);
    const bearer = bearerOf(request);
    if (bearer?.startsWith(KEY_PREFIX)) return this.byKey(bearer, request);
    const claims = claimsOf(request, this.tokens);
    if (!claims || !(await this.sessions.isLive(claims.sessionId))) return undefined;
    request.sessionId = claims.sessionId;
    const { correlationId, traceparent } = contextOf(request.headers);
    return {
      kind: 'user',
      userId: claims.userId,
      role: claims.role,
      ...(this.isProved(request, claims) && { steppedUp: true }),
      correlationId,
      traceparent,
    };
  }

  /** A proof of another session, or one that is too old, is as good as none. */
  private isProved({ headers }: FastifyRequest, { sessionId }: AccessClaims): boolean {
    const proof = headers[STEP_UP_HEADER];
    return typeof proof === 'string' && this.stepUps.sessionOf(proof) === sessionId;
  }

  /** Whoever has a key is its owner, on the routes that its scopes open. Throws `forbidden` on any other. */
  private async byKey(bearer: string, request: FastifyRequest): Promise<Caller | undefined> {
    const key = await this.keys.use(bearer);
    if (!key) return undefined;
    const scope = scopeOfRoute(request.method, request.routeOptions.url);
    if (!scope) throw new Problem('forbidden', 'this is closed to API keys');
    if (!key.scopes.includes(scope)) throw new Problem('forbidden', `the key needs the scope ${scope}`);
    const { correlationId, traceparent } = contextOf(request.headers);
    return { kind: 'user', userId: key.userId, role: key.role, correlationId, traceparent };
  }
}

/** What the request carries as `Authorization: Bearer …`. */
export function bearerOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  return authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7) : undefined;
}

/** What the request's access token says, whether or not its session is still alive. */
export function claimsOf(request: FastifyRequest, tokens: AccessTokens): AccessClaims | undefined {
  const bearer = bearerOf(request);
  return bearer === undefined ? undefined : tokens.read(bearer);
}
