import type { Envelope, ServiceName } from '#contracts';
import { crashPoint, failureKind } from '#persistence';
import { unpack, type Unpacked } from '../envelopes.js';
import type { Handle, Inbox } from '../inbox/inbox.js';
import type { Delivery, Subscription, Transport } from '../transport/transport.port.js';

export interface ConsumerOptions {
  onHandled?: (envelope: Envelope) => void;
  onFailed?: (envelope: Envelope, error: unknown, state: string) => void;
  onProblem?: (text: string, error: unknown) => void;
}

const PAUSE_MILLIS = 500;

/**
 * Takes a service's deliveries through its inbox and acknowledges each after the commit. While the database
 * is away it keeps what it has in hand and tries again: that counts as no attempt.
 */
export class Consumer {
  private subscription: Subscription | undefined;
  private inHand = 0;
  private stopped = false;

  constructor(
    private readonly service: ServiceName,
    private readonly transport: Transport,
    private readonly inbox: Pick<Inbox, 'handleOnce' | 'recordFailure' | 'keepUnreadable'>,
    private readonly handle: Handle,
    private readonly options: ConsumerOptions = {},
  ) {}

  async start(): Promise<void> {
    this.subscription = await this.transport.consume(this.service, (delivery) => void this.take(delivery));
  }

  /** Takes nothing more, and waits for what is in hand. */
  async stop(timeoutMillis = 10_000): Promise<void> {
    this.stopped = true;
    await this.subscription?.stop();
    const deadline = performance.now() + timeoutMillis;
    while (this.inHand > 0 && performance.now() < deadline) await pause(10);
  }

  private async take(delivery: Delivery): Promise<void> {
    this.inHand += 1;
    const stored = await Promise.all(unpack(delivery.body).map((member) => this.store(member)));
    this.inHand -= 1;
    crashPoint('after-commit-before-ack');
    if (stored.every(Boolean)) delivery.ack();
    else delivery.requeue();
  }

  /** True when the member is handled, or noted as failed; false when this consumer stopped before that. */
  private async store(member: Unpacked): Promise<boolean> {
    for (;;) {
      try {
        if ('unreadable' in member) await this.inbox.keepUnreadable(member.unreadable, member.error);
        else await this.handleOrNote(member.envelope);
        return true;
      } catch (error) {
        this.options.onProblem?.('an event could not be stored yet', error);
        if (this.stopped) return false;
        await pause(PAUSE_MILLIS);
      }
    }
  }

  private async handleOrNote(envelope: Envelope): Promise<void> {
    try {
      await this.inbox.handleOnce(envelope, this.handle);
      this.options.onHandled?.(envelope);
    } catch (error) {
      const kind = failureKind(error);
      if (kind === 'connection' || kind === 'collision') throw error;
      const { state } = await this.inbox.recordFailure(envelope, error);
      this.options.onFailed?.(envelope, error, state);
    }
  }
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
