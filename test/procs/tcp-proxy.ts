import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
  /** Nothing passes any more, and neither side is told. */
  silent: boolean;
}

/** A way to a server that tests can make slow, silent or broken. Listens on loopback, on a port of its own. */
export class TcpProxy {
  /** Added to each direction. */
  delayMillis = 0;
  private readonly pairs = new Set<Pair>();
  private blocked = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  /** Without a port a free one is taken. */
  static async to(target: number, port = 0): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** Ends what is open, as a router does that has lost its memory. */
  reset(): number {
    const all = [...this.pairs];
    for (const pair of all) this.end(pair);
    return all.length;
  }

  /** What is open now stays open and says nothing more, for ever; new connections work. */
  halfOpen(): number {
    const all = [...this.pairs].filter(({ silent }) => !silent);
    for (const pair of all) {
      pair.silent = true;
      pair.client.pause();
      pair.server.pause();
    }
    return all.length;
  }

  /** Ends what `halfOpen` left at the server's side, which would wait for hours. */
  endSilent(): void {
    for (const pair of [...this.pairs]) if (pair.silent) this.end(pair);
  }

  /** Nothing passes until `heal`, and what is new waits. Nothing is lost either: TCP sends it again. */
  partition(): void {
    this.blocked = true;
    for (const { client, server } of this.pairs) {
      client.pause();
      server.pause();
    }
  }

  heal(): void {
    this.blocked = false;
    for (const { client, server, silent } of this.pairs) {
      if (silent) continue;
      client.resume();
      server.resume();
    }
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, silent: false };
    this.pairs.add(pair);
    this.pipe(pair, client, server);
    this.pipe(pair, server, client);
    if (!this.blocked) return;
    client.pause();
    server.pause();
  }

  private pipe(pair: Pair, from: Socket, to: Socket): void {
    let lastDue = 0;
    /** In the order of arrival, also when the delay becomes shorter. */
    const inTime = (action: () => void) => {
      const now = performance.now();
      const due = Math.max(lastDue, now + this.delayMillis);
      if (this.delayMillis === 0 && lastDue <= now) return action();
      lastDue = due;
      setTimeout(() => !pair.silent && action(), due - now);
    };
    from.on('data', (chunk) =>
      inTime(() => {
        if (to.destroyed || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => !pair.silent && !this.blocked && from.resume());
      }),
    );
    from.on('end', () => inTime(() => to.end()));
    from.on('error', () => this.end(pair));
    from.on('close', () => !pair.silent && inTime(() => this.end(pair)));
  }

  private end(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    for (const socket of [pair.client, pair.server]) {
      // One that was half closed can no longer be reset: Node would keep it for ever.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }
}
