import { Inject, Injectable } from '@nestjs/common';
import { createSigner, createVerifier } from 'fast-jwt';
import { Clock } from '#kernel';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

/** Five minutes, in seconds. */
export const STEP_UP_SECONDS = 300;
export const STEP_UP_HEADER = 'x-step-up';

const ISSUER = 'wattline';
/** Another audience than the access token's: neither is good for the other. */
const AUDIENCE = 'wattline-step-up';

/** Proofs that the password was given again in a session: JWTs by HS256 that the session's requests carry along. */
@Injectable()
export class StepUpTokens {
  private readonly sign: (claims: object) => string;
  private readonly verify: (token: string) => unknown;

  constructor(
    @Inject(SETTINGS) settings: GatewaySettings,
    private readonly clock: Clock,
  ) {
    const key = settings.JWT_SECRET;
    this.sign = createSigner({ key, algorithm: 'HS256', iss: ISSUER, aud: AUDIENCE });
    this.verify = createVerifier({
      key,
      algorithms: ['HS256'],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      requiredClaims: ['iss', 'aud', 'sid', 'exp'],
      ignoreExpiration: true, // it would read the machine's clock; `sessionOf` looks at ours
    });
  }

  issue(sessionId: string): string {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    return this.sign({ sid: sessionId, iat, exp: iat + STEP_UP_SECONDS });
  }

  /** The session that was proved, or undefined when the token is not ours, was changed, or is too old. */
  sessionOf(token: string): string | undefined {
    let claims: { sid?: unknown; exp?: unknown };
    try {
      claims = this.verify(token) as typeof claims;
    } catch {
      return undefined;
    }
    const { sid, exp } = claims;
    if (typeof sid !== 'string' || typeof exp !== 'number') return undefined;
    return exp * 1000 > this.clock.now().getTime() ? sid : undefined;
  }
}
