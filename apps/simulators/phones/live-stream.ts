import type { ServerResponse } from 'node:http';
import { itemOf, type PhoneItem, type PhoneNetwork, type PhoneText } from './phone-network.js';

const WATCHERS_MAX = 50;
const TICK_MS = 200;
const HEARTBEAT_TICKS = 75;
/** A page shows so many phones and bubbles at first; more come as they ring. */
const PHONES_AT_FIRST = 24;
const TEXTS_AT_FIRST = 20;
/** Under load a page sees the newest of each tick; nobody reads a thousand bubbles a second. */
const RINGS_PER_TICK = 200;
/** Texts whose status is still moving. */
const FOLLOWED_MAX = 1000;
const FOLLOWED_TICKS = 100;
const BACKLOG_MAX_BYTES = 1024 * 1024;

interface Followed {
  text: PhoneText;
  status: string;
  ticksLeft: number;
}

/** Server-sent events for the page of phones. With nobody watching it costs nothing. */
export class LiveStream {
  private readonly watchers = new Set<ServerResponse>();
  private readonly followed = new Map<string, Followed>();
  private rung: PhoneText[] = [];
  private timer: NodeJS.Timeout | undefined;
  private unwatch: (() => void) | undefined;
  private ticks = 0;

  constructor(private readonly network: PhoneNetwork) {}

  /** False when too many watch already. */
  add(response: ServerResponse): boolean {
    if (this.watchers.size >= WATCHERS_MAX) return false;
    this.watchers.add(response);
    response.once('close', () => this.remove(response));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    response.write(`retry: 1000\n${eventOf('snapshot', this.snapshot())}`);
    if (this.timer === undefined) this.start();
    return true;
  }

  close(): void {
    this.stop();
    for (const response of this.watchers) response.destroy();
    this.watchers.clear();
  }

  private remove(response: ServerResponse): void {
    this.watchers.delete(response);
    if (this.watchers.size === 0) this.stop();
  }

  private start(): void {
    this.unwatch = this.network.watch((text) => {
      if (this.rung.length >= RINGS_PER_TICK) this.rung.shift();
      this.rung.push(text);
    });
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  private stop(): void {
    this.unwatch?.();
    clearInterval(this.timer);
    this.timer = undefined;
    this.rung = [];
    this.followed.clear();
  }

  private tick(): void {
    const items = [...this.rung, ...this.moved()].map(itemOf);
    for (const text of this.rung) this.follow(text);
    this.rung = [];
    this.ticks += 1;
    if (items.length > 0) this.send(eventOf('texts', items));
    else if (this.ticks % HEARTBEAT_TICKS === 0) this.send(': still here\n\n');
  }

  private follow(text: PhoneText): void {
    if (this.followed.size >= FOLLOWED_MAX) return;
    this.followed.set(text.sid, { text, status: text.status, ticksLeft: FOLLOWED_TICKS });
  }

  /** A status is a reading of the clock, so somebody has to look at it for a change to show. */
  private moved(): PhoneText[] {
    const moved: PhoneText[] = [];
    for (const [sid, one] of this.followed) {
      const { status } = one.text;
      if (status !== one.status) moved.push(one.text);
      one.status = status;
      if (--one.ticksLeft <= 0) this.followed.delete(sid);
    }
    return moved;
  }

  private send(event: string): void {
    for (const response of this.watchers) {
      // A page that does not read is better disconnected; it comes back by itself and gets a snapshot.
      if (response.writableLength > BACKLOG_MAX_BYTES) response.destroy();
      else response.write(event);
    }
  }

  private snapshot(): PhoneItem[] {
    const phones = this.network.phones(PHONES_AT_FIRST);
    const texts = phones.flatMap(({ msisdn }) => this.network.textsTo(msisdn, TEXTS_AT_FIRST));
    for (const text of texts.slice(0, FOLLOWED_MAX)) this.follow(text);
    return texts.sort((a, b) => a.acceptedAt - b.acceptedAt).map(itemOf);
  }
}

/** JSON has no raw line break, so one data line holds it. */
function eventOf(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
