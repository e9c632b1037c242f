import { BASE_DATES, buildDecoderKey, DecoderKey, drnOf, type KeyFacts, type KeyType } from '#tokens';

/** Names the entry and the member, and never quotes a key. */
export class BadEntry extends Error {}

/** An entry of the file. Whatever is asked of it and is not there or cannot be is a `BadEntry`. */
export class Entry {
  readonly #members: Record<string, unknown>;
  readonly id: string;

  constructor(
    content: unknown,
    private readonly place: string,
  ) {
    if (typeof content !== 'object' || content === null || Array.isArray(content))
      throw new BadEntry(`${place}: is not an object`);
    this.#members = content as Record<string, unknown>;
    this.id = this.text('id', /^[^]+$/, 'a text');
    this.place = `${place} (${this.id})`;
  }

  bad(member: string, why: string): BadEntry {
    return new BadEntry(`${this.place}: ${member} ${why}`);
  }

  has(member: string): boolean {
    return this.#members[member] !== undefined;
  }

  text(member: string, form: RegExp, what: string): string {
    const value = this.#members[member];
    if (typeof value !== 'string' || !form.test(value)) throw this.bad(member, `must be ${what}`);
    return value;
  }

  /** A whole number from `least` to `most`. */
  whole(member: string, least: number, most: number): number {
    const value = this.#members[member];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw this.bad(member, `must be a whole number from ${least} to ${most}`);
    return value;
  }

  /** A whole number of any size: a JSON number, or a text of digits where a double cannot hold it. */
  big(member: string): bigint {
    const value = this.#members[member];
    const exact = typeof value === 'number' && Number.isSafeInteger(value);
    if (exact || (typeof value === 'string' && /^-?\d{1,60}$/.test(value))) return BigInt(value);
    throw this.bad(member, 'must be a whole number');
  }

  time(member: string): Date {
    const text = this.text(
      member,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
      'a time like 2026-03-02T08:15:00Z',
    );
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) throw this.bad(member, 'is no time that exists');
    return time;
  }

  get baseDate(): KeyFacts['baseDate'] {
    const value = this.#members['baseDate'];
    const known = BASE_DATES.find((year) => year === value);
    if (known === undefined) throw this.bad('baseDate', `must be one of ${BASE_DATES.join(', ')}`);
    return known;
  }

  /** The key of the meter: derived from the vending key, or as it is given. */
  decoderKey(): DecoderKey {
    this.only('dkga', '04', 'DKGA04');
    this.only('ea', '11', 'EA11 (MISTY1); the tables of EA07 are under licence and not here');
    const facts: KeyFacts = {
      drn: this.drn(),
      sgc: this.text('sgc', /^\d{6}$/, 'six digits'),
      krn: this.whole('krn', 1, 9),
      kt: this.whole('keyType', 0, 3) as KeyType,
      ti: this.text('tariffIndex', /^\d{2}$/, 'two digits'),
      ea: '11',
      baseDate: this.baseDate,
      vendingKeyHex: '',
    };
    if (!this.has('vendingKey')) return this.givenKey();
    const vendingKeyHex = this.text('vendingKey', /^[0-9a-f]{40}$/i, '20 bytes as 40 hex digits');
    const key = buildDecoderKey({ ...facts, vendingKeyHex });
    if (!key.ok) throw this.bad('meterPan', `has no key: ${key.reason}`);
    if (this.has('decoderKey') && this.givenKey().reveal() !== key.value.reveal())
      throw this.bad('decoderKey', 'is not the one that follows from vendingKey');
    return key.value;
  }

  private givenKey(): DecoderKey {
    if (!this.has('decoderKey')) throw this.bad('vendingKey', 'is missing, and so is decoderKey');
    const hex = this.text('decoderKey', /^[0-9a-f]{32}$/i, '16 bytes as 32 hex digits');
    return DecoderKey.ofBytes(Buffer.from(hex, 'hex'));
  }

  private drn(): string {
    const pan = this.text('meterPan', /^\d{18}$/, 'eighteen digits');
    const drn = drnOf(pan);
    if (!drn.ok) {
      const why = drn.reason === 'CheckDigit' ? 'has a wrong check digit' : 'is no PAN of a meter';
      throw this.bad('meterPan', why);
    }
    return drn.value;
  }

  private only(member: string, supported: string, name: string): void {
    if (this.text(member, /^\d{2}$/, 'two digits') !== supported)
      throw this.bad(member, `is not supported: only ${name}`);
  }
}
