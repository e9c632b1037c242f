import { factsOf, stsVectors, tokenVectors, type TokenVector } from '../testing/vectors.js';
import { unwrapped } from '../testing/unwrapped.js';
import { decodeCurrency, decodeUnits, encodeCurrency, encodeUnits } from './amount.rules.js';
import { crcField } from './crc.rules.js';
import { decodeToken } from './decode-token.rules.js';
import { buildDecoderKey, derivationBlock, DecoderKey } from './decoder-key.rules.js';
import { issueCredit, issueOrder, testToken } from './issue-tokens.rules.js';
import { issueKeyChange, newKeyOf, type SectionSet } from './key-change.rules.js';
import { checkDrn, luhnDigit } from './meter-number.rules.js';
import { misty1Decrypt, misty1Encrypt, misty1Schedule } from './misty1.rules.js';
import { S7, S9 } from './misty1-tables.js';
import { ORDERS, RESOURCES, type Order } from './token-kinds.js';
import { tidAt } from './token-time.rules.js';

// Each vector is a case of its own, so that a failure names it.

const { primitives } = stsVectors;
const hex = (value: number | bigint, digits: number) => value.toString(16).padStart(digits, '0');
const keyOf = (vector: TokenVector) => unwrapped(buildDecoderKey(factsOf(vector)));

test.each(primitives.misty1)('MISTY1 turns $plain into $cipher and back, as RFC 2994 has it', (vector) => {
  const schedule = misty1Schedule(Buffer.from(vector.key, 'hex'));
  expect(hex(misty1Encrypt(BigInt(`0x${vector.plain}`), schedule), 16)).toBe(vector.cipher);
  expect(hex(misty1Decrypt(BigInt(`0x${vector.cipher}`), schedule), 16)).toBe(vector.plain);
});

test.each([
  ['S7', S7, 128],
  ['S9', S9, 512],
] as const)('the table %s has every number once', (_name, table, size) => {
  expect([...table].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
});

test.each(primitives.crc)('the CRC of $bytes is $crcField', ({ bytes, crcField: expected }) => {
  expect(hex(crcField(Buffer.from(bytes, 'hex')), 4)).toBe(expected);
});

test.each(primitives.amount)('$tenths tenths are written $field16 and read $decodedTenths', (vector) => {
  const field = unwrapped(encodeUnits(BigInt(vector.tenths)));
  expect(hex(field, 4)).toBe(vector.field16);
  expect(decodeUnits(field)).toBe(BigInt(vector.decodedTenths));
});

test.each(primitives.currency)(
  '$units1e5 of 0.00001 is written $signExponentNibble and $field16',
  (vector) => {
    const fields = unwrapped(encodeCurrency(BigInt(vector.units1e5)));
    expect([fields.nibble, hex(fields.field, 4)]).toEqual([vector.signExponentNibble, vector.field16]);
    expect(unwrapped(encodeCurrency(decodeCurrency(fields)))).toEqual(fields);
  },
);

test.each(primitives.tid)('the identifier at $issuedAt, counted from $baseDate, is $tid', (vector) => {
  expect(tidAt(new Date(vector.issuedAt), vector.baseDate)).toEqual({ ok: true, value: vector.tid });
});

test.each(primitives.luhn)('the check digit of $digits is $check', ({ digits, check }) => {
  expect(luhnDigit(digits)).toBe(check);
});

test.each(primitives.drnRejected)('the meter number %s has a wrong check digit', (drn) => {
  expect(checkDrn(drn)).toEqual({ ok: false, reason: 'CheckDigit' });
});

test.each(stsVectors.decoderKeys)('the key of $id is derived', (vector) => {
  const facts = factsOf(vector);
  expect(derivationBlock(facts, vector.meterPan).toString('hex')).toBe(vector.kdfDataBlock);
  expect(unwrapped(buildDecoderKey(facts)).reveal()).toBe(vector.decoderKey);
});

const orderOf = (subclass: number) =>
  (Object.keys(ORDERS) as Order[]).find((name) => ORDERS[name] === subclass)!;

test.each(tokenVectors)('$id is issued, and read again', (vector) => {
  const key = keyOf(vector);
  expect(key.reveal()).toBe(vector.decoderKey);
  const tid = unwrapped(tidAt(new Date(vector.issuedAt), vector.baseDate));
  expect(tid).toBe(vector.tid);
  const value = BigInt(vector.value);
  const { rnd } = vector;
  if (vector.class === 0) {
    const resource = RESOURCES[vector.subclass]!;
    const { token, actualTenths } = unwrapped(issueCredit(key, { tenths: value, tid, rnd, resource }));
    expect(token).toBe(vector.token);
    expect(decodeToken(token, key)).toEqual({
      ok: true,
      value: { kind: 'credit', resource, tid, rnd, tenths: actualTenths },
    });
  } else {
    const order = orderOf(vector.subclass);
    const { token } = unwrapped(issueOrder(key, { order, value, tid, rnd }));
    expect(token).toBe(vector.token);
    expect(decodeToken(token, key)).toEqual({ ok: true, value: { kind: 'order', order, tid, rnd, value } });
  }
});

test.each(stsVectors.keyChange)('the four tokens of $id carry the new key', ({ from, to, tokens }) => {
  const issued = unwrapped(issueKeyChange(factsOf(from), { ...factsOf(to), ken: to.ken }));
  expect(issued).toEqual(tokens.map(({ section, token }) => ({ section, token })));
  const oldKey = unwrapped(DecoderKey.ofHex(from.decoderKey));
  const read = issued.map(({ section, token }) => [section, unwrapped(decodeToken(token, oldKey))]);
  expect(newKeyOf(Object.fromEntries(read) as SectionSet)).toEqual({
    keyHex: to.decoderKey,
    krn: to.krn,
    kt: to.keyType,
    ti: to.tariffIndex,
    ken: to.ken,
    sgc: to.sgc,
    rollover: from.baseDate !== to.baseDate,
  });
});

test.each(stsVectors.class1)('$id is the public token', ({ subclass, control, mfrCode, token }) => {
  const bits = BigInt(control);
  const all = bits === (subclass === 0 ? 0xf_ffff_ffffn : 0xfff_ffffn);
  const asked = all ? 0 : bits.toString(2).length;
  const digits = subclass === 0 ? 2 : 4;
  expect(testToken(asked, { manufacturer: mfrCode, digits })).toEqual({ ok: true, value: token });
  const anyKey = unwrapped(DecoderKey.ofHex('0'.repeat(32)));
  expect(unwrapped(decodeToken(token, anyKey))).toEqual({
    kind: 'test',
    subclass,
    control: bits,
    manufacturer: mfrCode,
  });
});

test('every vector of the file was a case', () => {
  expect(tokenVectors).toHaveLength(20);
  expect(stsVectors.class1).toHaveLength(38);
  expect(stsVectors.keyChange).toHaveLength(2);
  expect(stsVectors.decoderKeys).toHaveLength(3);
  expect(primitives.amount).toHaveLength(28);
});
