import { inspect } from 'node:util';
import fc from 'fast-check';
import { factsOf, stsVectors } from '../testing/vectors.js';
import { unwrapped } from '../testing/unwrapped.js';
import { carriedUnits, decodeCurrency, encodeCurrency, encodeUnits, MAX_UNITS } from './amount.rules.js';
import { decodeToken } from './decode-token.rules.js';
import { buildDecoderKey, DecoderKey, type KeyFacts, type KeyType } from './decoder-key.rules.js';
import { issueCredit, issueCurrencyCredit, issueOrder } from './issue-tokens.rules.js';
import { issueKeyChange } from './key-change.rules.js';
import { enterToken } from './meter.machine.js';
import { checkDrn, drnOf, luhnDigit, manufacturerCode, panOf } from './meter-number.rules.js';
import { newMeter, type MeterState } from './meter-state.js';
import { inGroups } from './token-digits.rules.js';
import { BASE_DATES, isReservedTid, MAX_TID, nextTid, timeOfTid } from './token-time.rules.js';

// What holds for all tokens, shown with random ones. The seed is printed, and `SEED` repeats a run.

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
beforeAll(() => console.info(`tokens: SEED=${SEED}`));
const always = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>, numRuns = 1_000) =>
  fc.assert(property, { seed: SEED, numRuns });

const FACTS = factsOf(stsVectors.decoderKeys[0]!);
const tids = fc.integer({ min: 0, max: MAX_TID });
const rnds = fc.integer({ min: 0, max: 15 });
const amounts = fc.oneof(
  fc.bigInt({ min: 1n, max: 20_000n }),
  fc.bigInt({ min: 1n, max: 200_000n }),
  fc.bigInt({ min: 1n, max: MAX_UNITS }),
);
const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((it) => it.join(''));
const drns = fc.oneof(digits(10), digits(12)).map((body) => body + luhnDigit(body));
const vendingKeys = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const allFacts: fc.Arbitrary<KeyFacts> = fc.record({
  drn: drns,
  sgc: digits(6),
  krn: fc.integer({ min: 1, max: 9 }),
  kt: fc.constant<KeyType>(2),
  ti: digits(2),
  ea: fc.constant('11' as const),
  baseDate: fc.constantFrom(...BASE_DATES),
  vendingKeyHex: vendingKeys,
});
const meterWith = (facts: KeyFacts, ken = 255): MeterState =>
  newMeter(
    facts.drn,
    { ...facts, key: unwrapped(buildDecoderKey(facts)), ken },
    { maxCreditTenths: 10n ** 12n },
  );

test('10,000 tokens of random amounts for random meters raise the credit by what the issuer said, once', () => {
  const at = new Date(0);
  const round = fc.property(allFacts, amounts, tids, rnds, (facts, tenths, tid, rnd) => {
    const issued = unwrapped(issueCredit(unwrapped(buildDecoderKey(facts)), { tenths, tid, rnd }));
    const first = enterToken(meterWith(facts), issued.token, at);
    // A new meter's store is full of zeros: the very first minute of the base date counts as used.
    if (tid === 0) return first.answer === 'UsedError';
    const second = enterToken(first.meter, issued.token, at);
    // Not by `expect`, which takes longer than all the cryptography.
    return (
      /^\d{20}$/.test(issued.token) &&
      first.answer === 'Accept' &&
      first.meter.creditTenths === issued.actualTenths &&
      second.answer === 'UsedError' &&
      second.meter === first.meter
    );
  });
  always(round, 10_000);
}, 120_000);

test('a meter in use takes what is issued to it in a row, through changes of its key', () => {
  const step = fc.record({
    tenths: amounts,
    minutes: fc.nat(3_000),
    change: fc.nat(19),
    to: allFacts,
    rnd: rnds,
  });
  const life = fc.property(allFacts, fc.array(step, { maxLength: 60 }), (start, steps) => {
    let facts: KeyFacts = { ...start, baseDate: 2014 };
    let meter = meterWith(facts);
    let [now, lastTid, credit] = [Date.UTC(2026, 0), -1, 0n];
    for (const { tenths, minutes, change, to, rnd } of steps) {
      now += minutes * 60_000;
      const at = new Date(now);
      if (change === 0) {
        const next = { ...to, drn: facts.drn, baseDate: facts.baseDate };
        for (const { token } of unwrapped(issueKeyChange(facts, { ...next, ken: 255 })))
          meter = enterToken(meter, token, at).meter;
        facts = next;
        expect(meter.key).toMatchObject({ krn: facts.krn, sgc: facts.sgc, ti: facts.ti });
      }
      const tid = unwrapped(nextTid(at, facts.baseDate, lastTid));
      expect(tid).toBeGreaterThan(lastTid);
      lastTid = tid;
      const issued = unwrapped(issueCredit(unwrapped(buildDecoderKey(facts)), { tenths, tid, rnd }));
      const reply = enterToken(meter, issued.token, at);
      expect(reply.answer).toBe('Accept');
      meter = reply.meter;
      credit += issued.actualTenths;
    }
    expect(meter.creditTenths).toBe(credit);
  });
  always(life, 100);
}, 60_000);

test('whatever is sealed is read again, but not with another key or a digit changed', () => {
  const key = unwrapped(buildDecoderKey(FACTS));
  const other = unwrapped(buildDecoderKey({ ...FACTS, ti: '02' }));
  const place = fc.nat(19);
  const shift = fc.integer({ min: 1, max: 9 });
  let passed = 0;
  always(
    fc.property(amounts, tids, rnds, place, shift, (tenths, tid, rnd, at, by) => {
      const { token, actualTenths } = unwrapped(issueCredit(key, { tenths, tid, rnd }));
      const value = { kind: 'credit', resource: 'electricity', tid, rnd, tenths: actualTenths };
      expect(decodeToken(token, key)).toEqual({ ok: true, value });
      const mistyped = token.slice(0, at) + ((Number(token[at]) + by) % 10) + token.slice(at + 1);
      if (decodeToken(token, other).ok) passed += 1;
      const changed = decodeToken(mistyped, key);
      // A digit may turn the class into 1 or 3; never does it make the same token.
      if (changed.ok) passed += 1;
    }),
  );
  // 16 bits of CRC: one in 65,536 passes by chance.
  expect(passed).toBeLessThanOrEqual(2);
});

test('currency is read again, above and below zero', () => {
  const key = unwrapped(buildDecoderKey(FACTS));
  const sums = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).filter((amount) => amount !== 0n);
  always(
    fc.property(sums, tids, (amount, tid) => {
      const { token, actualAmount } = unwrapped(issueCurrencyCredit(key, { amount, tid }));
      expect(actualAmount).toBeGreaterThanOrEqual(amount);
      expect(decodeToken(token, key)).toEqual({
        ok: true,
        value: { kind: 'currency_credit', resource: 'electricity', tid, amount: actualAmount },
      });
      expect(decodeCurrency(unwrapped(encodeCurrency(actualAmount)))).toBe(actualAmount);
    }),
  );
});

test('an amount is rounded up, by less than a step, and what is carried is carried exactly', () => {
  always(
    fc.property(amounts, (tenths) => {
      const carried = unwrapped(carriedUnits(tenths));
      const exponent = unwrapped(encodeUnits(tenths)) >> 14;
      const above = carried - tenths;
      return (
        above >= 0n &&
        above < 10n ** BigInt(exponent) &&
        unwrapped(carriedUnits(carried)) === carried &&
        (tenths >= 16_384n || above === 0n)
      );
    }),
    10_000,
  );
});

test('what no token can carry is refused', () => {
  const key = unwrapped(buildDecoderKey(FACTS));
  const outOfRange = { ok: false, reason: 'AmountOutOfRange' };
  expect(issueCredit(key, { tenths: 0n, tid: 1, rnd: 1 })).toEqual(outOfRange);
  expect(issueCredit(key, { tenths: -1n, tid: 1, rnd: 1 })).toEqual(outOfRange);
  expect(issueCredit(key, { tenths: MAX_UNITS + 1n, tid: 1, rnd: 1 })).toEqual(outOfRange);
  expect(issueCurrencyCredit(key, { amount: 0n, tid: 1 })).toEqual(outOfRange);
  expect(issueCurrencyCredit(key, { amount: 10n ** 40n, tid: 1 })).toEqual(outOfRange);
  expect(issueCurrencyCredit(key, { amount: -(10n ** 40n), tid: 1 })).toEqual(outOfRange);
  expect(issueOrder(key, { order: 'clear_credit', value: 8n, tid: 1, rnd: 1 })).toEqual(outOfRange);
  expect(issueOrder(key, { order: 'clear_tamper', value: 8n, tid: 1, rnd: 1 })).toEqual(outOfRange);
  for (const tid of [-1, 0.5, MAX_TID + 1, NaN])
    expect(issueCredit(key, { tenths: 1n, tid, rnd: 1 })).toEqual({ ok: false, reason: 'InvalidTid' });
  for (const rnd of [-1, 0.5, 16, NaN])
    expect(issueCredit(key, { tenths: 1n, tid: 1, rnd })).toEqual({ ok: false, reason: 'InvalidRnd' });
});

test('identifiers rise whatever the clock does, pass over 00:01, and end with the base date', () => {
  const clock = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 50 });
  always(
    fc.property(clock, fc.integer({ min: 1, max: 4_000 }), (moves, day) => {
      let [now, last] = [Date.UTC(2014, 0, day), -1];
      for (const minutes of moves) {
        now = Math.max(now + minutes * 60_000, Date.UTC(2014, 0));
        const tid = unwrapped(nextTid(new Date(now), 2014, last));
        expect(tid).toBeGreaterThan(last);
        expect(isReservedTid(tid)).toBe(false);
        last = tid;
      }
    }),
  );
  expect(nextTid(new Date('2013-12-31T23:59:59.999Z'), 2014, -1)).toEqual({
    ok: false,
    reason: 'KeyBeforeBaseDate',
  });
  const end = timeOfTid(MAX_TID, 2014);
  expect(end.toISOString()).toBe('2045-11-24T20:15:00.000Z');
  expect(nextTid(end, 2014, -1)).toEqual({ ok: true, value: MAX_TID });
  expect(nextTid(end, 2014, MAX_TID)).toEqual({ ok: false, reason: 'KeyExpired' });
});

test('a meter number goes into its PAN and comes back; one wrong digit is noticed', () => {
  always(
    fc.property(drns, fc.nat(9), fc.integer({ min: 1, max: 9 }), (drn, at, by) => {
      expect(drnOf(unwrapped(panOf(drn)))).toEqual({ ok: true, value: drn });
      const wrong = drn.slice(0, at) + ((Number(drn[at]) + by) % 10) + drn.slice(at + 1);
      expect(checkDrn(wrong)).toEqual({ ok: false, reason: 'CheckDigit' });
      expect(panOf(wrong).ok).toBe(false);
    }),
  );
  for (const drn of ['', '1234', '1234567890a', '123456789012', ' 12345678903'])
    expect(checkDrn(drn)).toEqual({ ok: false, reason: 'InvalidMeter' });
  expect([manufacturerCode('01000000008'), manufacturerCode('0100000000008')]).toEqual([1, 100]);
});

test('a key is refused for EA07, for a vending key of another length, and for facts that cannot be', () => {
  const reasonOf = (facts: Partial<KeyFacts>) => {
    const key = buildDecoderKey({ ...FACTS, ...facts });
    return key.ok ? 'made' : key.reason;
  };
  expect(reasonOf({})).toBe('made');
  expect(reasonOf({ ea: '07' })).toBe('KeyNotAvailable');
  expect(reasonOf({ vendingKeyHex: 'abababababababab' })).toBe('KeyNotAvailable');
  expect(reasonOf({ drn: '12345678904' })).toBe('CheckDigit');
  for (const wrong of [{ sgc: '12345' }, { krn: 0 }, { krn: 10 }, { krn: 1.5 }, { ti: '1' }])
    expect(reasonOf(wrong)).toBe('InvalidKeyFacts');
  expect(DecoderKey.ofHex('00')).toEqual({ ok: false, reason: 'KeyNotAvailable' });
});

test('a key change is refused between two meters, and beyond the last expiry number', () => {
  const other = { ...FACTS, drn: '00000000000', ken: 255 };
  expect(issueKeyChange(FACTS, other)).toEqual({ ok: false, reason: 'InvalidMeter' });
  for (const ken of [-1, 256, 1.5])
    expect(issueKeyChange(FACTS, { ...FACTS, ken })).toEqual({ ok: false, reason: 'InvalidKen' });
});

test('a key shows itself to nobody who does not ask', () => {
  const key = unwrapped(buildDecoderKey(FACTS));
  expect(JSON.stringify({ key })).toBe('{"key":{}}');
  expect(inspect(key, { depth: 9, showHidden: true })).not.toContain(key.reveal().slice(0, 8));
});

test('a token is made in far less than a millisecond', () => {
  const key = unwrapped(buildDecoderKey(FACTS));
  const times = Array.from({ length: 2_000 }, () => {
    const started = performance.now();
    issueCredit(key, { tenths: 500n, tid: 1_000, rnd: 1 });
    return performance.now() - started;
  }).sort((a, b) => a - b);
  expect(times[1_000]).toBeLessThan(0.5);
});

test('a token is printed in groups of four', () => {
  expect(inGroups('25217248021941661520')).toBe('2521 7248 0219 4166 1520');
});
