import { on, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import { CALL, Frames, type Message, readMessage, type Struct, writeMessage } from '#thrift';

export interface PrismAddress {
  host: string;
  port: number;
  /** In PEM: the module must show this very certificate. Without it the connection is not encrypted. */
  certificate?: string;
}

/** A connection to a security module for one piece of work: Thrift's binary protocol in frames, by TLS. */
export class PrismConnection {
  private sequence = 0;
  private readonly frames = new Frames();
  private readonly arriving: AsyncIterator<unknown>;

  private constructor(
    private readonly socket: Socket,
    signal: AbortSignal,
  ) {
    this.arriving = on(socket, 'data', { signal, close: ['close'] });
  }

  /** Rejects when there is none, or not to the right module: nothing has left then. */
  static async open(
    { host, port, certificate }: PrismAddress,
    signal: AbortSignal,
  ): Promise<PrismConnection> {
    signal.throwIfAborted();
    const socket = certificate
      ? connectByTls({ host, port, ca: certificate, checkServerIdentity: () => undefined })
      : connect({ host, port });
    socket.on('error', () => undefined); // whoever waits hears of it
    try {
      await once(socket, certificate ? 'secureConnect' : 'connect', { signal });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new PrismConnection(socket, signal);
  }

  /** The result as the module sent it. Rejects where there is none, or one that cannot be read. */
  async call(name: string, body: Struct): Promise<Message> {
    const sequence = ++this.sequence;
    this.socket.write(writeMessage({ name, kind: CALL, sequence, body }));
    const answer = readMessage(await this.nextFrame());
    if (answer.sequence !== sequence || answer.name !== name) throw new Error('an answer to another call');
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }

  private async nextFrame(): Promise<Buffer> {
    for (;;) {
      const arrived = await this.arriving.next();
      if (arrived.done) throw new Error('the connection broke off');
      const [frame] = this.frames.add((arrived.value as [Buffer])[0]);
      if (frame) return frame;
    }
  }
}
