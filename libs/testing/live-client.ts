import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Json } from './api-client.js';
import { until } from './until.js';

/** Somebody who looks on at `/api/live`. */
export class LiveClient {
  readonly messages: Json[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(JSON.parse((data as Buffer).toString('utf8'))));
    socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
    socket.on('error', () => undefined); // the close tells it
  }

  /** Connects, without signing in. Rejects when the gateway does not let it come. */
  static async connect(
    url: string,
    { origin, path = '/api/live' }: { origin?: string; path?: string } = {},
  ): Promise<LiveClient> {
    const socket = new WebSocket(url.replace(/^http/, 'ws') + path, { origin });
    const client = new LiveClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and signs in. */
  static async signedIn(url: string, accessToken: string): Promise<LiveClient> {
    const client = await LiveClient.connect(url);
    client.signIn(accessToken);
    await client.untilMessage('ready');
    return client;
  }

  signIn(accessToken: string): void {
    this.socket.send(JSON.stringify({ type: 'auth', accessToken }));
  }

  untilMessage(type: string, is: (data: Json) => boolean = () => true): Promise<Json> {
    return until(`a ${type} is told`, () => this.messages.find((it) => it.type === type && is(it.data)));
  }

  untilClosed(): Promise<{ code: number; reason: string }> {
    return until('it is closed', () => this.closed);
  }

  close(): void {
    this.socket.terminate();
  }
}
