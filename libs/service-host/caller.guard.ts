import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Clock, Problem } from '#kernel';
import { type Caller, CALLER_HEADER, OPEN, readCaller, type Role, ROLES, SERVICES_ONLY } from './caller.js';
import { type BaseSettings, SETTINGS } from './settings.js';

/** How a service finds out who calls: by the signed header, or at the gateway by the access token. */
export abstract class Authenticator {
  abstract authenticate(request: FastifyRequest): Promise<Caller | undefined>;
}

@Injectable()
export class SignedCallerAuthenticator extends Authenticator {
  constructor(
    @Inject(SETTINGS) private readonly settings: BaseSettings,
    private readonly clock: Clock,
  ) {
    super();
  }

  authenticate(request: FastifyRequest): Promise<Caller | undefined> {
    const header = request.headers[CALLER_HEADER];
    if (typeof header !== 'string') return Promise.resolve(undefined);
    return Promise.resolve(readCaller(header, this.settings.INTERNAL_SECRET, this.clock.now().getTime()));
  }
}

/** Lets nobody in whom the route does not name: by default a signed-in person, of any role. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const marked = <T>(key: symbol) =>
      this.reflector.getAllAndOverride<T | undefined>(key as unknown as string, [
        context.getHandler(),
        context.getClass(),
      ]);
    if (marked<boolean>(OPEN)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await this.authenticator.authenticate(request);
    if (!caller) throw new Problem('unauthorized');
    request.caller = caller;
    if (marked<boolean>(SERVICES_ONLY)) return allow(caller.kind === 'service');
    if (caller.kind !== 'user') throw new Problem('forbidden');
    const roles = marked<Role[]>(ROLES);
    return allow(!roles || roles.includes(caller.role));
  }
}

function allow(allowed: boolean): true {
  if (!allowed) throw new Problem('forbidden');
  return true;
}
