import { BrokenMessage, type Message, type Struct, type TypeName, TYPES, type Value } from './values.js';

const NAMES = new Map<number, TypeName>(
  Object.entries(TYPES).map(([name, number]) => [number, name as TypeName]),
);
const DEEPEST = 16;
/** The least that a value takes; a list cannot say that it has more than there is room for. */
const MOST_VALUES = 100_000;

/** The message in a frame, without the frame's length. Throws BrokenMessage for bytes that are none. */
export function readMessage(frame: Buffer): Message {
  const reader = new Reader(frame);
  const version = reader.take(4).readUInt32BE();
  if (version >>> 16 !== 0x8001) throw new BrokenMessage('another version of the protocol');
  const name = reader.string();
  const sequence = reader.take(4).readInt32BE();
  return { name, kind: version & 0xff, sequence, body: reader.struct(0) };
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  take(length: number): Buffer {
    if (length < 0 || this.at + length > this.bytes.length) throw new BrokenMessage('cut off');
    return this.bytes.subarray(this.at, (this.at += length));
  }

  string(): string {
    return this.take(this.take(4).readInt32BE()).toString('utf8');
  }

  struct(depth: number): Struct {
    if (depth > DEEPEST) throw new BrokenMessage('nested too deep');
    const fields = new Map<number, Value>();
    for (let type = this.take(1)[0]!; type !== 0; type = this.take(1)[0]!) {
      const id = this.take(2).readInt16BE();
      fields.set(id, this.value(nameOf(type), depth));
    }
    return fields;
  }

  private value(type: TypeName, depth: number): Value {
    switch (type) {
      case 'bool':
        return { type, value: this.take(1)[0] !== 0 };
      case 'i16':
        return { type, value: this.take(2).readInt16BE() };
      case 'i32':
        return { type, value: this.take(4).readInt32BE() };
      case 'i64':
        return { type, value: this.take(8).readBigInt64BE() };
      case 'double':
        return { type, value: this.take(8).readDoubleBE() };
      case 'string':
        return { type, value: this.string() };
      case 'struct':
        return { type, value: this.struct(depth + 1) };
      case 'list': {
        const of = nameOf(this.take(1)[0]!);
        return { type, value: this.many(() => this.value(of, depth + 1)) };
      }
      case 'map': {
        const [key, value] = [this.take(1)[0]!, this.take(1)[0]!];
        const pair = (): [Value, Value] => [
          this.value(nameOf(key), depth + 1),
          this.value(nameOf(value), depth + 1),
        ];
        return { type, value: this.many(pair) };
      }
    }
  }

  private many<T>(one: () => T): T[] {
    const count = this.take(4).readInt32BE();
    if (count < 0 || count > MOST_VALUES) throw new BrokenMessage('too many values');
    return Array.from({ length: count }, one);
  }
}

/** Kinds that no interface of ours uses (byte, set) are taken for broken: nothing may be passed over unread. */
function nameOf(type: number): TypeName {
  const name = NAMES.get(type);
  if (!name) throw new BrokenMessage(`no kind ${type} of value`);
  return name;
}
