import { Inject, Injectable } from '@nestjs/common';
import { createSigner, createVerifier } from 'fast-jwt';
import { Clock, isId } from '#kernel';
import { type Role, SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

/** One hour, in seconds. */
export const ACCESS_SECONDS = 3_600;

const ISSUER = 'wattline';
const AUDIENCE = 'wattline-api';
const REMEMBERED = 20_000;
const ROLES: readonly string[] = ['household', 'institution', 'operator'] satisfies Role[];

export interface AccessClaims {
  userId: string;
  role: Role;
  /** The session that the token belongs to; whether that is still alive is another question. */
  sessionId: string;
  /** Unix milliseconds. */
  expiresAt: number;
}

/** Access tokens: JWTs by HS256, and by nothing else, with a life of one hour. */
@Injectable()
export class AccessTokens {
  private readonly sign: (claims: object) => string;
  private readonly verify: (token: string) => unknown;
  /** Tokens whose signature was found right. It stays right, so only its expiry is looked at again. */
  private readonly known = new Map<string, AccessClaims>();

  constructor(
    @Inject(SETTINGS) settings: GatewaySettings,
    private readonly clock: Clock,
  ) {
    const key = settings.JWT_SECRET; // fast-jwt makes its key object once, here
    this.sign = createSigner({ key, algorithm: 'HS256', iss: ISSUER, aud: AUDIENCE });
    this.verify = createVerifier({
      key,
      algorithms: ['HS256'],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      requiredClaims: ['iss', 'aud', 'sub', 'role', 'sid', 'exp'],
      ignoreExpiration: true, // it would read the machine's clock; `read` looks at ours
    });
  }

  issue(userId: string, role: Role, sessionId: string): string {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    return this.sign({ sub: userId, role, sid: sessionId, iat, exp: iat + ACCESS_SECONDS });
  }

  /** What the token says, or undefined when it is not ours, was changed, or is too old. */
  read(token: string): AccessClaims | undefined {
    const claims = this.known.get(token) ?? this.readAnew(token);
    if (!claims) return undefined;
    if (claims.expiresAt > this.clock.now().getTime()) return claims;
    this.known.delete(token);
    return undefined;
  }

  private readAnew(token: string): AccessClaims | undefined {
    let payload: unknown;
    try {
      payload = this.verify(token);
    } catch {
      return undefined;
    }
    const claims = claimsOf(payload);
    if (!claims) return undefined;
    if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value!);
    this.known.set(token, claims);
    return claims;
  }
}

function claimsOf(payload: unknown): AccessClaims | undefined {
  const { sub, role, sid, exp } = payload as Record<string, unknown>;
  if (!isId(sub) || !isId(sid) || typeof exp !== 'number' || !ROLES.includes(role as string))
    return undefined;
  return { userId: sub, role: role as Role, sessionId: sid, expiresAt: exp * 1000 };
}
