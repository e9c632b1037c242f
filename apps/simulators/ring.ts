/**
 * The last `capacity` entries of an endless record, numbered from 1 for ever. A simulator under load keeps
 * its log in one, so that memory is bounded and a reader can still tell what it missed.
 */
export class Ring<T> {
  private readonly entries: T[] = [];
  private count = 0;

  constructor(readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`no ring of ${capacity} entries`);
  }

  /** How many entries there ever were; also the number of the newest. */
  get total(): number {
    return this.count;
  }

  /** The number of the oldest entry that is still here. */
  get first(): number {
    return Math.max(1, this.count - this.capacity + 1);
  }

  /** Returns the entry that had to make room. */
  push(entry: T): T | undefined {
    const slot = this.count % this.capacity;
    const evicted = this.entries[slot];
    this.entries[slot] = entry;
    this.count += 1;
    return evicted;
  }

  at(seq: number): T | undefined {
    if (seq < this.first || seq > this.count) return undefined;
    return this.entries[(seq - 1) % this.capacity];
  }

  *newestFirst(before = this.count + 1): Generator<T> {
    for (let seq = Math.min(before, this.count + 1) - 1; seq >= this.first; seq--) {
      yield this.entries[(seq - 1) % this.capacity]!;
    }
  }

  /** The entries after number `after`, oldest first. */
  since(after: number, limit: number): { seq: number; entry: T }[] {
    const from = Math.max(after + 1, this.first);
    const to = Math.min(this.count, from + limit - 1);
    const found: { seq: number; entry: T }[] = [];
    for (let seq = from; seq <= to; seq++) found.push({ seq, entry: this.at(seq)! });
    return found;
  }

  latest(limit: number): { seq: number; entry: T }[] {
    return this.since(this.count - limit, limit);
  }
}
