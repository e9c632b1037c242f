import { type Channel, type ChannelModel, connect } from 'amqplib';

export interface BrokerLinkOptions<C extends Channel> {
  url: string;
  /** What the link is for, as the broker's operator reads it. */
  role: string;
  /** Opens the channel and makes it ready for use. */
  open: (connection: ChannelModel) => Promise<C>;
  onProblem: (text: string, error?: unknown) => void;
}

const RECONNECT_MILLIS = [100, 250, 500, 1000, 2000];
const CONNECT_MILLIS = 5_000;
/** A broker that is just recovering may leave a question about one of its queues without an answer, for ever. */
const OPEN_MILLIS = 15_000;
const CLOSE_MILLIS = 2_000;
/** A way that has gone silent shows after two to three of these. RabbitMQ itself would wait for 60 s each. */
const HEARTBEAT_SECONDS = 10;

/** One connection to RabbitMQ with its one channel. It comes back by itself, one attempt after the other. */
export class BrokerLink<C extends Channel> {
  private live: { connection: ChannelModel; channel: C } | undefined;
  private readonly url: string;
  private blocked = false;
  private closing = false;

  constructor(private readonly options: BrokerLinkOptions<C>) {
    const url = new URL(options.url);
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    this.url = url.toString();
  }

  /** The channel, while there is one. */
  get channel(): C | undefined {
    return this.live?.channel;
  }

  /** The connection, while there is one: for further channels that come and go with it. */
  get connection(): ChannelModel | undefined {
    return this.live?.connection;
  }

  /** The broker is there, and takes what is published: it stops doing so when its memory or disk is full. */
  get usable(): boolean {
    return this.live !== undefined && !this.blocked;
  }

  /** Tries once, and goes on trying by itself when the broker is away. */
  async start(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      this.problem('cannot be opened yet', error);
      void this.reconnect();
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    const connection = this.live?.connection;
    this.live = undefined;
    if (connection) await within(CLOSE_MILLIS, connection.close()).catch(() => undefined); // gone already is closed too
  }

  private async reconnect(): Promise<void> {
    for (let tries = 0; !this.closing; tries++) {
      await pause(RECONNECT_MILLIS[tries] ?? RECONNECT_MILLIS.at(-1)!);
      if (this.closing) return;
      try {
        return await this.connect();
      } catch (error) {
        this.problem('cannot be opened yet', error);
      }
    }
  }

  /** A connection that is lost before it is ready leaves nothing behind; one that was ready is replaced, once. */
  private async connect(): Promise<void> {
    const connection = await connect(this.url, {
      noDelay: true,
      timeout: CONNECT_MILLIS,
      clientProperties: { connection_name: `wattline ${this.options.role} ${process.pid}` },
    });
    let lost = false;
    const lose = () => {
      lost = true;
      void within(CLOSE_MILLIS, connection.close()).catch(() => undefined);
      if (this.live?.connection !== connection) return;
      this.live = undefined;
      void this.reconnect();
    };
    connection.on('error', (error) => this.problem('failed', error));
    connection.on('close', lose);
    this.blocked = false;
    connection.on('blocked', (reason) => {
      this.blocked = true;
      this.problem(`is blocked by the broker: ${String(reason)}`);
    });
    connection.on('unblocked', () => (this.blocked = false));
    try {
      const channel = await within(OPEN_MILLIS, this.options.open(connection));
      if (lost || this.closing) throw new Error('it was closed again at once');
      channel.on('close', lose);
      this.live = { connection, channel };
    } catch (error) {
      lose();
      throw error;
    }
  }

  private problem(text: string, error?: unknown): void {
    if (!this.closing)
      this.options.onProblem(`RabbitMQ connection of the ${this.options.role} ${text}`, error);
  }
}

async function within<T>(millis: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${millis} ms`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
