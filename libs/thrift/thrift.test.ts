import fc from 'fast-check';
import {
  BrokenMessage,
  CALL,
  Frames,
  type Message,
  nested,
  read,
  readMessage,
  struct,
  text,
  type Value,
  writeMessage,
} from './index.js';

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean().map((it): Value => ({ type: 'bool', value: it })),
    fc.integer({ min: -32_768, max: 32_767 }).map((it): Value => ({ type: 'i16', value: it })),
    fc.integer().map((it): Value => ({ type: 'i32', value: it })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((it): Value => ({ type: 'i64', value: it })),
    fc.double({ noNaN: true }).map((it): Value => ({ type: 'double', value: it })),
    fc.string({ unit: 'binary' }).map(text),
    fc.array(fc.string().map(text)).map((it): Value => ({ type: 'list', value: it })),
    fc
      .array(fc.tuple(fc.string().map(text), fc.string().map(text)))
      .map((it): Value => ({ type: 'map', value: it })),
    fc
      .array(fc.tuple(fc.integer({ min: 1, max: 100 }), tie('value')), { maxLength: 4 })
      .map((fields) => nested(new Map(fields))),
  ),
}));
const message: fc.Arbitrary<Message> = fc.record({
  name: fc.string({ maxLength: 30 }),
  kind: fc.constantFrom(1, 2, 3),
  sequence: fc.integer(),
  body: fc.dictionary(fc.constantFrom('1', '2', '30'), value).map((it) => struct(it)),
});

test('a call is the bytes that the protocol says', () => {
  const bytes = writeMessage({
    name: 'ping',
    kind: CALL,
    sequence: 7,
    body: struct({ 1: text('é'), 2: undefined }),
  });
  expect(bytes.toString('hex')).toBe(
    // length, version and call, name, sequence, a string in field 1, the end
    '0000001a' + '80010001' + '00000004' + '70696e67' + '00000007' + '0b0001' + '00000002' + 'c3a9' + '00',
  );
});

test('what is written is read again, in whatever pieces it arrives', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 50 }),
      (messages, size) => {
        const frames = new Frames();
        const bytes = Buffer.concat(messages.map(writeMessage));
        const found: Message[] = [];
        for (let at = 0; at < bytes.length; at += size)
          found.push(...frames.add(bytes.subarray(at, at + size)).map(readMessage));
        expect(found).toEqual(messages);
      },
    ),
  );
});

test('bytes that are no message are said to be broken, and nothing else happens', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 0, max: 255 }), (sound, place, byte) => {
      const frame = Buffer.from(writeMessage(sound).subarray(4));
      frame[place % frame.length] = byte;
      for (const bytes of [frame, frame.subarray(0, place % frame.length)]) {
        try {
          readMessage(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenMessage);
        }
      }
    }),
  );
  expect(() => new Frames().add(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow(BrokenMessage);
});

test('a field of another kind than was expected is none', () => {
  const fields = struct({ 1: text('1234') });
  expect(read(fields, 1, 'string')).toBe('1234');
  expect(read(fields, 1, 'i32')).toBeUndefined();
  expect(read(fields, 2, 'string')).toBeUndefined();
});
