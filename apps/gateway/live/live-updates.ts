import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { WebSocket } from 'ws';
import type { Envelope } from '#contracts';
import { Clock } from '#kernel';
import { definitionOf, unpack } from '#messaging';
import { LOG, type Log } from '#service-host';
import { AccessTokens } from '../sessions/access-tokens.js';
import { LiveSessions } from '../sessions/live-sessions.js';
import { type Closing, LiveConnection } from './live-connection.js';
import { liveMessage } from './live-messages.rules.js';

const SIGN_IN_MILLIS = 5_000;
const HEARTBEAT_MILLIS = 25_000;
const LOOK_MILLIS = 500;
/** Other gateways' logouts are noticed at the next look at the sessions (ADR 0015). */
const SESSIONS_LOOK_MILLIS = 2_000;
const MOST = 10_000;
const MOST_ANONYMOUS = 1_000;
const MOST_OF_ONE_USER = 20;
const REMEMBERED_EVENTS = 10_000;
const REMEMBERED_PAYMENTS = 20_000;

/** The connections of this gateway, and what their owners are told of the events that it overhears. */
@Injectable()
export class LiveUpdates implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly all = new Set<LiveConnection>();
  private readonly byUser = new Map<string, Set<LiveConnection>>();
  /** A bus may tell an event twice; who looks on is told once. */
  private readonly told = new Set<string>();
  /** Of payments that began while their payer looked on: `funds_held` does not say whose it is. */
  private readonly payers = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private sessionsLookedAt = 0;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: LiveSessions,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_MILLIS);
    this.sessions.onEnded((sessionId) => this.closeAll((it) => it.claims?.sessionId === sessionId));
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.closeAll(() => true, 'goingAway');
  }

  /** Takes a connection over. It is closed unless somebody signs in on it soon. */
  accept(socket: WebSocket): void {
    const connection = new LiveConnection(socket, this.now());
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.forget(connection));
    const anonymous = [...this.all].filter(({ claims }) => !claims).length;
    if (this.all.size >= MOST || anonymous >= MOST_ANONYMOUS) return connection.close('tooMany');
    this.all.add(connection);
    socket.on('message', (data, isBinary) => {
      const token = isBinary ? undefined : tokenIn((data as Buffer).toString('utf8'));
      if (token === undefined) return connection.close('badMessage');
      this.signIn(connection, token).catch((error: unknown) => {
        this.log.warn({ err: error }, 'a session could not be looked up');
        connection.close('goingAway');
      });
    });
  }

  /** What the bus has told: a pack of events. */
  hear(body: string): void {
    if (this.byUser.size === 0) return;
    for (const member of unpack(body)) if ('envelope' in member) this.tell(member.envelope);
  }

  /** The first time for whom it is, later again with a fresh token of the same person. */
  private async signIn(connection: LiveConnection, token: string): Promise<void> {
    const claims = this.tokens.read(token);
    const before = connection.claims;
    if (!claims || (before && before.userId !== claims.userId)) return connection.close('unauthorized');
    // Known by its session from here on: a logout that comes during the look closes it.
    connection.claims = claims;
    const mine = this.byUser.get(claims.userId) ?? new Set();
    if (!mine.has(connection) && mine.size >= MOST_OF_ONE_USER) return connection.close('tooMany');
    const closed = !this.all.has(connection);
    const live = !closed && (await this.sessions.isLive(claims.sessionId));
    if (!this.all.has(connection)) return;
    if (!live) return this.end(connection);
    const own = this.byUser.get(claims.userId) ?? new Set();
    this.byUser.set(claims.userId, own.add(connection));
    connection.signedIn = true;
    connection.send(
      JSON.stringify({ type: 'ready', data: { expiresAt: new Date(claims.expiresAt).toISOString() } }),
    );
  }

  private tell(envelope: Envelope): void {
    if (this.told.has(envelope.id)) return;
    try {
      definitionOf(envelope);
    } catch {
      return; // an event of a newer Wattline, or none of ours: its consumers will say so
    }
    remember(this.told, envelope.id, REMEMBERED_EVENTS);
    const addressed = liveMessage(envelope, (paymentId) => this.payers.get(paymentId));
    const connections = addressed && this.byUser.get(addressed.userId);
    if (!connections) return;
    const { message, userId } = addressed;
    if (message.type === 'payment') this.notePayer(String(message.data.id), userId);
    const text = JSON.stringify(message);
    const now = this.now();
    for (const connection of connections) {
      if (!connection.signedIn) continue;
      if (connection.claims!.expiresAt <= now) this.end(connection);
      else connection.send(text);
    }
  }

  private notePayer(paymentId: string, userId: string): void {
    if (this.payers.size >= REMEMBERED_PAYMENTS) this.payers.delete(this.payers.keys().next().value!);
    this.payers.set(paymentId, userId);
  }

  private look(): void {
    const now = this.now();
    this.closeAll(({ claims, openedAt }) => !claims && now - openedAt >= SIGN_IN_MILLIS, 'silent');
    this.closeAll(({ claims }) => claims !== undefined && claims.expiresAt <= now);
    for (const connection of this.all) connection.beat(now, HEARTBEAT_MILLIS);
    if (now - this.sessionsLookedAt < SESSIONS_LOOK_MILLIS) return;
    this.sessionsLookedAt = now;
    this.lookAtSessions().catch((error: unknown) =>
      this.log.warn({ err: error }, 'the sessions of live connections could not be looked up'),
    );
  }

  private async lookAtSessions(): Promise<void> {
    const signedIn = [...this.all].filter(({ claims }) => claims);
    await Promise.all(
      signedIn.map(async (connection) => {
        const { sessionId } = connection.claims!;
        const live = await this.sessions.isLive(sessionId);
        if (!live && connection.claims!.sessionId === sessionId) this.end(connection);
      }),
    );
  }

  private closeAll(which: (connection: LiveConnection) => boolean, why: Closing = 'unauthorized'): void {
    for (const connection of [...this.all]) if (which(connection)) this.end(connection, why);
  }

  private end(connection: LiveConnection, why: Closing = 'unauthorized'): void {
    this.forget(connection);
    connection.close(why);
  }

  private forget(connection: LiveConnection): void {
    this.all.delete(connection);
    const userId = connection.claims?.userId;
    const own = userId === undefined ? undefined : this.byUser.get(userId);
    own?.delete(connection);
    if (own?.size === 0) this.byUser.delete(userId!);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

/** The token of `{"type":"auth","accessToken":…}`; undefined for anything else. */
function tokenIn(text: string): string | undefined {
  try {
    const { type, accessToken } = JSON.parse(text) as Record<string, unknown>;
    return type === 'auth' && typeof accessToken === 'string' ? accessToken : undefined;
  } catch {
    return undefined;
  }
}

function remember(set: Set<string>, value: string, most: number): void {
  if (set.size >= most) set.delete(set.values().next().value!);
  set.add(value);
}
