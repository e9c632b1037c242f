import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const LOOK_EVERY_MILLIS = 20;

/**
 * Stops an HTTP server without waiting for clients that merely stay connected. Node itself lets a connection be
 * idle only after its first request: one that a browser opened in advance would hold up a stop for a minute.
 */
export class Connections {
  /** Each open connection, and how many of its requests are not answered yet. */
  private readonly open = new Map<Socket, number>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.open.set(socket, 0);
      socket.once('close', () => this.open.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      this.add(socket, 1);
      response.once('close', () => this.add(socket, -1));
    });
  }

  /** Runs `close`, which stops listening and waits for connections to end, and ends those that owe no answer. */
  async closing(close: () => Promise<unknown>): Promise<void> {
    const looking = setInterval(() => {
      if (!this.server.listening) this.endUnused();
    }, LOOK_EVERY_MILLIS);
    try {
      await close();
    } finally {
      clearInterval(looking);
    }
  }

  private endUnused(): void {
    for (const [socket, requests] of this.open) if (requests === 0) socket.destroySoon();
  }

  private add(socket: Socket, requests: number): void {
    const before = this.open.get(socket);
    if (before !== undefined) this.open.set(socket, before + requests);
  }
}
