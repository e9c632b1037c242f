import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#kernel';
import { contextOf, SETTINGS, type UserCaller } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { ACCESS_SECONDS, AccessTokens } from '../sessions/access-tokens.js';
import { LiveSessions } from '../sessions/live-sessions.js';

const COOKIE = 'wattline_admin';

/** An operator on the page, and what their forms have to carry. */
export interface AdminCaller extends UserCaller {
  sessionId: string;
  csrf: string;
}

/**
 * The page's sign-in: the access token of a session, in a cookie that scripts cannot read and other sites cannot
 * send. Nothing but the page takes it: the API is closed to cookies.
 */
@Injectable()
export class AdminSession {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: LiveSessions,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** The operator whose cookie came along, while their session lives. */
  async caller(request: FastifyRequest): Promise<AdminCaller | undefined> {
    const token = cookieOf(request);
    const claims = token === undefined ? undefined : this.tokens.read(token);
    if (claims?.role !== 'operator' || !(await this.sessions.isLive(claims.sessionId))) return undefined;
    const { userId, role, sessionId } = claims;
    return {
      kind: 'user',
      userId,
      role,
      sessionId,
      csrf: this.csrfOf(sessionId),
      ...contextOf(request.headers),
    };
  }

  /** Who sent one of the page's forms. Throws `unauthorized`, and `forbidden` when it was not sent by the page. */
  async sender(request: FastifyRequest, csrf: unknown): Promise<AdminCaller> {
    this.refuseOtherSites(request);
    const caller = await this.caller(request);
    if (!caller) throw new Problem('unauthorized');
    if (typeof csrf !== 'string' || !same(csrf, caller.csrf))
      throw new Problem('forbidden', 'the form is too old');
    return caller;
  }

  /** The sign-in form has no session yet, so the browser's own word has to do. Throws `forbidden`. */
  refuseOtherSites({ headers, host }: FastifyRequest): void {
    const { origin, 'sec-fetch-site': site } = headers;
    const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
    const other = origin !== undefined && hostOf(origin) !== host;
    if (foreign || other) throw new Problem('forbidden', 'this form is of another site');
  }

  open(request: FastifyRequest, reply: FastifyReply, userId: string, sessionId: string): void {
    this.setCookie(request, reply, this.tokens.issue(userId, 'operator', sessionId), ACCESS_SECONDS);
  }

  close(request: FastifyRequest, reply: FastifyReply): void {
    this.setCookie(request, reply, '', 0);
  }

  private setCookie(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    const secure = request.protocol === 'https' ? '; Secure' : '';
    const cookie = `${COOKIE}=${value}; Path=/admin; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
    void reply.header('set-cookie', cookie);
  }

  private csrfOf(sessionId: string): string {
    return createHmac('sha256', this.settings.JWT_SECRET)
      .update(`admin form ${sessionId}`)
      .digest('base64url');
  }
}

function cookieOf({ headers }: FastifyRequest): string | undefined {
  const cookies = (headers.cookie ?? '').split(';').map((it) => it.trim());
  return cookies.find((it) => it.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** Undefined for `null`, which browsers send when they will not say. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function same(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left!, right!);
}
