import type { DeliveredText, OutgoingText } from '../twilio/incoming-texts.js';

/** One SMS as a phone knows it, whoever carried it. */
export interface PhoneText {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  /** When it was accepted, in Unix milliseconds. */
  readonly acceptedAt: number;
  /** What became of it, as its carrier puts it at this moment. */
  readonly status: string;
}

/** A simulated SMS provider. It keeps what it carried; the phones only look at it. */
export interface SmsCarrier {
  textsNewestFirst(to?: string): Iterable<PhoneText>;
  /** Takes an SMS from a phone to the service's number; not where that number is answered by nobody. */
  send?(text: OutgoingText): Promise<DeliveredText>;
}

export interface PhoneItem {
  sid: string;
  to: string;
  from: string;
  body: string;
  at: string;
  status: string;
}

export interface PhoneSummary {
  msisdn: string;
  count: number;
  lastAt: string;
}

/** A count beyond this is not worth the walk. */
const COUNT_MAX = 10_000;

/** All the phones of the simulated world, seen through the carriers that reach them. */
export class PhoneNetwork {
  private readonly carriers: SmsCarrier[] = [];
  private readonly watchers = new Set<(text: PhoneText) => void>();

  connect(carrier: SmsCarrier): void {
    this.carriers.push(carrier);
  }

  /** An SMS from a phone; undefined when there is no number to write to. */
  send(text: OutgoingText): Promise<DeliveredText> | undefined {
    return this.carriers.find((carrier) => carrier.send)?.send?.(text);
  }

  /** A carrier has taken over a text: whoever watches the phones hears it. */
  ring(text: PhoneText): void {
    for (const watcher of this.watchers) watcher(text);
  }

  /** Returns what ends the watch. */
  watch(watcher: (text: PhoneText) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  textsTo(msisdn: string, limit: number): PhoneText[] {
    return take(this.newestFirst(msisdn), limit);
  }

  /** The phones that rang last, the latest first. */
  phones(limit: number): PhoneSummary[] {
    const found = new Map<string, PhoneSummary>();
    for (const { to, acceptedAt } of this.newestFirst()) {
      if (found.has(to)) continue;
      found.set(to, { msisdn: to, count: this.count(to), lastAt: isoTime(acceptedAt) });
      if (found.size >= limit) break;
    }
    return [...found.values()];
  }

  private count(msisdn: string): number {
    return take(this.newestFirst(msisdn), COUNT_MAX).length;
  }

  /** One stream of all carriers' texts, by the time of their acceptance. */
  private *newestFirst(to?: string): Generator<PhoneText> {
    const streams = this.carriers.map((carrier) => carrier.textsNewestFirst(to)[Symbol.iterator]());
    const heads = streams.map((stream) => stream.next());
    for (;;) {
      let newest = -1;
      heads.forEach((head, i) => {
        const best = heads[newest];
        if (!head.done && (!best || best.done || head.value.acceptedAt > best.value.acceptedAt)) newest = i;
      });
      const head = heads[newest];
      if (!head || head.done) return;
      yield head.value;
      heads[newest] = streams[newest]!.next();
    }
  }
}

export function itemOf({ sid, to, from, body, acceptedAt, status }: PhoneText): PhoneItem {
  return { sid, to, from, body, at: isoTime(acceptedAt), status };
}

/** `+250…`, `250…` or either of them URL-encoded; null when it is no number. */
export function msisdnOf(text: string): string | null {
  const digits = /^[+ ]?(\d{3,15})$/.exec(text.trim())?.[1];
  return digits === undefined ? null : `+${digits}`;
}

function isoTime(millis: number): string {
  return new Date(millis).toISOString();
}

function take<T>(items: Iterable<T>, limit: number): T[] {
  const taken: T[] = [];
  if (limit < 1) return taken;
  for (const item of items) {
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}
