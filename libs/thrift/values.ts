/** The kinds of values on the wire, as the binary protocol numbers them. */
export const TYPES = {
  bool: 2,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  list: 15,
} as const;
export type TypeName = keyof typeof TYPES;

/** Fields by their number. What is absent was not sent. */
export type Struct = ReadonlyMap<number, Value>;

interface Contents {
  bool: boolean;
  double: number;
  i16: number;
  i32: number;
  i64: bigint;
  string: string;
  struct: Struct;
  map: [Value, Value][];
  list: Value[];
}

/** A value with its kind. 64-bit numbers are bigints; strings are UTF-8. */
export type Value = { [T in TypeName]: { type: T; value: Contents[T] } }[TypeName];

export const CALL = 1;
export const REPLY = 2;
export const EXCEPTION = 3;

/** One call, or the answer to one; an answer has the number of its call. */
export interface Message {
  name: string;
  kind: number;
  sequence: number;
  body: Struct;
}

/** Bytes that are no message. */
export class BrokenMessage extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'BrokenMessage';
  }
}

/** A struct from its fields; those that are undefined are left out. */
export function struct(fields: Readonly<Record<number, Value | undefined>>): Struct {
  const given = Object.entries(fields).filter((it): it is [string, Value] => it[1] !== undefined);
  return new Map(given.map(([id, value]) => [Number(id), value]));
}

export const text = (value: string): Value => ({ type: 'string', value });
export const i16 = (value: number): Value => ({ type: 'i16', value });
export const i32 = (value: number): Value => ({ type: 'i32', value });
export const i64 = (value: bigint): Value => ({ type: 'i64', value });
export const double = (value: number): Value => ({ type: 'double', value });
export const nested = (value: Struct): Value => ({ type: 'struct', value });

/** The field, when it is there and of this kind. */
export function read<T extends TypeName>(from: Struct, id: number, type: T): Contents[T] | undefined {
  const found = from.get(id);
  return found?.type === type ? (found.value as Contents[T]) : undefined;
}
