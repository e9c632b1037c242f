import { randomBytes } from 'node:crypto';
import { Ring } from '../ring.js';
import { Message, type Draft, type Pace } from './message.js';

/**
 * Every accepted message, the oldest falling out when the store is full. A phone's messages are a chain
 * through the same objects, so "all that was sent to this phone" is exact however busy another phone is:
 * what a client does not find there was not sent.
 */
export class MessageStore {
  private readonly ring: Ring<Message>;
  /** The newest message to each phone. */
  private readonly newestTo = new Map<string, Message>();
  /** The first 24 digits of every sid; the last 8 count up, so that a sid finds its message by itself. */
  private readonly run = randomBytes(12).toString('hex');

  constructor(
    private readonly pace: Pace,
    capacity: number,
  ) {
    this.ring = new Ring(capacity);
  }

  /** How many were ever accepted, also those that fell out since. */
  get accepted(): number {
    return this.ring.total;
  }

  get kept(): number {
    return this.ring.total - this.ring.first + 1;
  }

  get record(): Ring<Message> {
    return this.ring;
  }

  accept(draft: Draft): Message {
    const seq = this.ring.total + 1;
    const sid = `SM${this.run}${seq.toString(16).padStart(8, '0')}`;
    const message = new Message(seq, sid, this.pace.clock.now().getTime(), draft, this.pace);
    const evicted = this.ring.push(message);
    if (evicted) this.unchain(evicted);
    this.chain(message);
    return message;
  }

  find(sid: string): Message | undefined {
    if (!sid.startsWith(`SM${this.run}`)) return undefined;
    const message = this.ring.at(parseInt(sid.slice(-8), 16));
    return message?.sid === sid ? message : undefined;
  }

  /** Also those that were deleted at Twilio; `before` starts behind that message. */
  *newestFirst(to?: string, before?: Message): Generator<Message> {
    if (to === undefined) {
      yield* this.ring.newestFirst(before?.seq);
      return;
    }
    let message = before === undefined ? this.newestTo.get(to) : before.older;
    for (; message !== undefined; message = message.older) yield message;
  }

  private chain(message: Message): void {
    const before = this.newestTo.get(message.to);
    if (before !== undefined) {
      message.older = before;
      before.newer = message;
    }
    this.newestTo.set(message.to, message);
  }

  /** What falls out is the oldest of all, so also the oldest of its phone. */
  private unchain({ to, newer }: Message): void {
    if (newer === undefined) this.newestTo.delete(to);
    else newer.older = undefined;
  }
}
