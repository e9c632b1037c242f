import fc from 'fast-check';
import { unwrapped } from '../testing/unwrapped.js';
import { openPaygoVectors } from '../testing/vectors.js';
import {
  DeviceKey,
  EXTENDED,
  fromRestrictedDigits,
  STANDARD,
  toRestrictedDigits,
} from './code-chain.rules.js';
import { enterCode, newDevice, type DeviceState } from './device.machine.js';
import { issueCode, nextCount, timeSteps, type CodeKind, type DeviceFacts } from './issue-code.rules.js';
import { isSignedRequest, signRequest } from './metrics-auth.rules.js';
import { sipHash24 } from './siphash.rules.js';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
beforeAll(() => console.info(`codes: SEED=${SEED}`));

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 2, 12);
const at = new Date(NOON);
const { key: hex, starting_code: startingCode } = openPaygoVectors.deviceProcedure;
const FACTS: DeviceFacts = { key: unwrapped(DeviceKey.ofHex(hex)), startingCode };
const codeFor = (kind: CodeKind, count: number, value?: number, facts = FACTS) =>
  unwrapped(issueCode(facts, { kind, count, value }));

test('SipHash-2-4 takes messages of any length, as the table of its reference has it', () => {
  const key = Buffer.from(openPaygoVectors.siphash24[0]!.key, 'hex');
  const hashOf = (length: number) =>
    sipHash24(
      key,
      Uint8Array.from({ length }, (_, i) => i),
    );
  expect(hashOf(0)).toBe(0x726f_db47_dd0e_0e31n);
  expect(hashOf(1)).toBe(0x74f8_39c5_93dc_67fdn);
  expect(hashOf(8)).toBe(0x93f5_f579_9a93_2462n);
});

test('a server and its device agree on 400 random codes, in usual and in restricted digits', () => {
  const orders = fc.array(
    fc.record({
      kind: fc.constantFrom<CodeKind>('add_time', 'add_time', 'set_time', 'unlock', 'counter_sync'),
      value: fc.integer({ min: 0, max: 995 }),
    }),
    { minLength: 10, maxLength: 10 },
  );
  const property = fc.property(orders, fc.boolean(), (list, restrictedDigitSet) => {
    const facts = { ...FACTS, restrictedDigitSet };
    let device: DeviceState = newDevice(facts, at);
    let count = 0;
    for (const { kind, value } of list) {
      const issued = codeFor(kind, count, value, facts);
      count = issued.count;
      const { answer, device: after } = enterCode(device, issued.code, at);
      if (kind === 'set_time') expect(after.activeUntil).toBe(NOON + value * DAY);
      if (kind === 'unlock') expect(after.activeUntil).toBe('unlocked');
      expect([answer, after.count]).toEqual(['valid', count]);
      expect(enterCode(after, issued.code, at).answer).toBe(
        kind === 'counter_sync' ? 'valid' : 'already_used',
      );
      device = after;
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 40 });
});

test('after a wrong code the device waits two minutes, then four; a good one ends that', () => {
  const wrong = enterCode(newDevice(FACTS, at), '000000000', at);
  expect(wrong.answer).toBe('invalid');
  const good = codeFor('add_time', 0, 3);
  const enterAfter = (device: DeviceState, ms: number, code: string) =>
    enterCode(device, code, new Date(NOON + ms));
  expect(enterAfter(wrong.device, 2 * MINUTE - 1, good.code).answer).toBe('blocked');
  const again = enterAfter(wrong.device, 2 * MINUTE, 'abc');
  expect(again.answer).toBe('invalid');
  expect(again.device.blockedUntil - NOON).toBe(6 * MINUTE);
  const accepted = enterAfter(again.device, 6 * MINUTE, good.code);
  expect(accepted).toMatchObject({ answer: 'valid', device: { invalidTries: 0, blockedUntil: 0 } });
});

test('a device takes codes up to 64 counts ahead, and a counter sync from further', () => {
  const device = newDevice(FACTS, at);
  expect(enterCode(device, codeFor('add_time', 62, 1).code, at).answer).toBe('valid');
  expect(enterCode(device, codeFor('add_time', 64, 1).code, at).answer).toBe('invalid');
  expect(enterCode(device, codeFor('counter_sync', 97).code, at).device.count).toBe(99);
});

test('a day has as many steps as the device divides it into', () => {
  expect([timeSteps(2, 4), timeSteps(0.25, 4)]).toEqual([
    { ok: true, value: 8 },
    { ok: true, value: 1 },
  ]);
  const device = newDevice(FACTS, at, 0, 4);
  expect(enterCode(device, codeFor('add_time', 0, 8).code, at).device.activeUntil).toBe(NOON + 2 * DAY);
  expect([timeSteps(996).ok, timeSteps(-1).ok, timeSteps(NaN).ok]).toEqual([false, false, false]);
});

test.each<[CodeKind, number, number]>([
  ['add_time', 0, 2],
  ['add_time', 1, 2],
  ['set_time', 0, 1],
  ['set_time', 1, 3],
  ['unlock', 2, 3],
  ['counter_sync', 3, 5],
])('%s after count %i has count %i', (kind, count, expected) => {
  expect(nextCount(count, kind)).toBe(expected);
});

test('orders that no code can carry are refused', () => {
  const outOfRange = { ok: false, reason: 'AmountOutOfRange' };
  for (const value of [undefined, -1, 996, 1.5])
    expect(issueCode(FACTS, { kind: 'add_time', count: 0, value })).toEqual(outOfRange);
  expect(issueCode(FACTS, { kind: 'set_time', count: 0, value: 1_000_000, extended: true })).toEqual(
    outOfRange,
  );
  expect(issueCode(FACTS, { kind: 'unlock', count: -1 })).toEqual({ ok: false, reason: 'InvalidCount' });
  for (const code of [0, 1_000_000_000, 1.5])
    expect(issueCode({ ...FACTS, startingCode: code }, { kind: 'unlock', count: 0 })).toEqual({
      ok: false,
      reason: 'InvalidMeter',
    });
  expect(DeviceKey.ofHex('12')).toEqual({ ok: false, reason: 'KeyNotAvailable' });
});

test('restricted digits are read back, and what is none is not', () => {
  expect(toRestrictedDigits(662_486_790n, STANDARD)).toBe('324244134441123');
  const codes = fc.bigInt({ min: 0n, max: 999_999_999_999n });
  const property = fc.property(
    codes,
    (code) => fromRestrictedDigits(toRestrictedDigits(code, EXTENDED), EXTENDED) === code,
  );
  fc.assert(property, { seed: SEED, numRuns: 1_000 });
  for (const text of ['', '324244134441120', '4'.repeat(15), '32424413444112'])
    expect(fromRestrictedDigits(text, STANDARD)).toBeUndefined();
});

test('a report is believed by the number of its signature, never without what it should sign', () => {
  const report = { serialNumber: 'A111222', timestamp: 1_611_583_070, dataText: '{"t":12.0}' };
  const auth = signRequest(FACTS.key, 'da', report);
  expect(isSignedRequest(FACTS.key, `da${auth.slice(2).padStart(16, '0').toUpperCase()}`, report)).toBe(true);
  expect(isSignedRequest(FACTS.key, auth, { ...report, dataText: '{"t":12}' })).toBe(false);
  expect(isSignedRequest(FACTS.key, auth, { ...report, timestamp: 1_611_583_071 })).toBe(false);
  const bare = { serialNumber: 'A111222' };
  for (const method of ['ta', 'ca'] as const)
    expect(isSignedRequest(FACTS.key, signRequest(FACTS.key, method, bare), bare)).toBe(false);
  for (const wrong of ['', 'da', 'xx12', 'dazz', auth + '00'])
    expect(isSignedRequest(FACTS.key, wrong, report)).toBe(false);
});
