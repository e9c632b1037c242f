import { type Message, type Struct, TYPES, type Value } from './values.js';

const VERSION = 0x8001_0000;
const STOP = Buffer.from([0]);

/** A message in the strict binary protocol, behind the four bytes of its length (framed transport). */
export function writeMessage({ name, kind, sequence, body }: Message): Buffer {
  const parts = [uint32(VERSION | kind), stringOf(name), int32(sequence), structOf(body)];
  const message = Buffer.concat(parts);
  return Buffer.concat([uint32(message.length), message]);
}

function structOf(fields: Struct): Buffer {
  const parts = [...fields].map(([id, value]) =>
    Buffer.concat([Buffer.from([TYPES[value.type]]), int16(id), bytesOf(value)]),
  );
  return Buffer.concat([...parts, STOP]);
}

function bytesOf(it: Value): Buffer {
  switch (it.type) {
    case 'bool':
      return Buffer.from([it.value ? 1 : 0]);
    case 'i16':
      return int16(it.value);
    case 'i32':
      return int32(it.value);
    case 'i64':
      return sized(8, (buffer) => buffer.writeBigInt64BE(it.value));
    case 'double':
      return sized(8, (buffer) => buffer.writeDoubleBE(it.value));
    case 'string':
      return stringOf(it.value);
    case 'struct':
      return structOf(it.value);
    case 'list': {
      const type = TYPES[it.value[0]?.type ?? 'struct'];
      return Buffer.concat([Buffer.from([type]), int32(it.value.length), ...it.value.map(bytesOf)]);
    }
    case 'map': {
      const [key, value] = it.value[0] ?? [];
      const types = Buffer.from([TYPES[key?.type ?? 'string'], TYPES[value?.type ?? 'string']]);
      return Buffer.concat([types, int32(it.value.length), ...it.value.flat().map(bytesOf)]);
    }
  }
}

function stringOf(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([int32(bytes.length), bytes]);
}

const int16 = (value: number) => sized(2, (buffer) => buffer.writeInt16BE(value));
const int32 = (value: number) => sized(4, (buffer) => buffer.writeInt32BE(value));
const uint32 = (value: number) => sized(4, (buffer) => buffer.writeUInt32BE(value >>> 0));

function sized(length: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}
