import type { WebSocket } from 'ws';
import type { AccessClaims } from '../sessions/access-tokens.js';

/** Why a connection is closed, in the codes of RFC 6455 and in our own. */
export const CLOSED = {
  goingAway: [1001, 'going away'],
  tooSlow: [1013, 'too slow'],
  badMessage: [4400, 'not a message of ours'],
  unauthorized: [4401, 'sign in again'],
  silent: [4408, 'nobody signed in'],
  tooMany: [4429, 'too many connections'],
} as const;
export type Closing = keyof typeof CLOSED;

/** What may wait for a reader; whoever is further behind reads anew after connecting again. */
const WAITING_BYTES = 256 * 1024;
const CLOSE_MILLIS = 1_000;

/** One browser or app that looks on. Nobody's until it has signed in. */
export class LiveConnection {
  claims: AccessClaims | undefined;
  /** Its session was found alive: it may be told. */
  signedIn = false;
  /** Answered since the last ping. */
  private answered = true;
  private pingedAt: number;

  constructor(
    private readonly socket: WebSocket,
    readonly openedAt: number,
  ) {
    this.pingedAt = openedAt;
    socket.on('pong', () => (this.answered = true));
  }

  send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > WAITING_BYTES) return this.close('tooSlow');
    this.socket.send(text);
  }

  /** Asks whether somebody is there; whoever did not answer the question before is gone. */
  beat(now: number, everyMillis: number): void {
    if (now - this.pingedAt < everyMillis) return;
    if (!this.answered) return this.socket.terminate();
    this.answered = false;
    this.pingedAt = now;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  /** Nothing more is told from here on, also when the other side does not say goodbye. */
  close(why: Closing): void {
    this.signedIn = false;
    const [code, reason] = CLOSED[why];
    this.socket.close(code, reason);
    if (why === 'tooSlow') this.socket.terminate();
    else setTimeout(() => this.socket.terminate(), CLOSE_MILLIS).unref();
  }
}
