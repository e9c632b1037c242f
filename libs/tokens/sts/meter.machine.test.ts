import { stsVectors, factsOf, type MeterScenario } from '../testing/vectors.js';
import { unwrapped } from '../testing/unwrapped.js';
import { buildDecoderKey, DecoderKey, type KeyFacts } from './decoder-key.rules.js';
import { issueCredit, issueCurrencyCredit, issueOrder, testToken } from './issue-tokens.rules.js';
import { issueKeyChange } from './key-change.rules.js';
import { enterToken, type MeterAnswer } from './meter.machine.js';
import { drnOf } from './meter-number.rules.js';
import {
  newMeter,
  restartedMeter,
  tamperedMeter,
  type MeterSettings,
  type MeterState,
} from './meter-state.js';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 2, 2, 12);

describe('the scenario of the vectors', () => {
  const { meter: start, steps, finalMeter } = stsVectors.scenarios[0]!;
  let meter = meterOf(start);

  test.each(steps.map((step, i) => ({ ...step, number: i + 1 })))(
    'step $number: $token is answered $expect $note',
    ({ token, expect: answer, creditTenthsAfter, number }) => {
      const reply = enterToken(meter, token, new Date(NOON + number * MINUTE));
      expect(reply.answer).toBe(answer);
      meter = reply.meter;
      expect(meter.creditTenths).toBe(BigInt(creditTenthsAfter));
    },
  );

  test('in the end it has the last key', () => {
    expect(steps).toHaveLength(74);
    const { key, creditTenths } = meter;
    expect({
      krn: key.krn,
      ken: key.ken,
      baseDate: key.baseDate,
      sgc: key.sgc,
      tariffIndex: key.ti,
      decoderKey: key.key.reveal(),
      creditTenths: Number(creditTenths),
    }).toEqual(finalMeter);
    expect(meter.powerLimit).toBe(3_500n);
  });
});

function meterOf(start: MeterScenario['meter']): MeterState {
  const { keyType: kt, krn, sgc, tariffIndex: ti, ken, baseDate } = start;
  const key = unwrapped(DecoderKey.ofHex(start.decoderKey));
  const settings = { tidStoreSize: start.tidStoreSize };
  return newMeter(unwrapped(drnOf(start.meterPan)), { key, kt, krn, sgc, ti, ken, baseDate }, settings);
}

const FACTS = factsOf(stsVectors.decoderKeys[0]!);
const key = unwrapped(buildDecoderKey(FACTS));

function install(settings: Partial<MeterSettings> = {}, facts: KeyFacts = FACTS, ken = 255): MeterState {
  return newMeter(facts.drn, { ...facts, key: unwrapped(buildDecoderKey(facts)), ken }, settings);
}

const credit = (tenths: bigint, tid: number) => unwrapped(issueCredit(key, { tenths, tid, rnd: 5 })).token;

/** Types one token after the other, a second apart. */
function type(
  meter: MeterState,
  tokens: string[],
  from = NOON,
): { answers: MeterAnswer[]; meter: MeterState } {
  let after = meter;
  const answers = tokens.map((token, i) => {
    const reply = enterToken(after, token, new Date(from + i * 1_000));
    after = reply.meter;
    return reply.answer;
  });
  return { answers, meter: after };
}

test.each([
  ['', 'FormatError'],
  ['1234', 'FormatError'],
  ['1234567890123456789O', 'FormatError'],
  ['252172480219416615201', 'FormatError'],
  ['73786976294838206464', 'FormatError'],
])('%p is no token', (token, answer) => {
  expect(type(install(), [token]).answers).toEqual([answer]);
});

test('credit beyond the register is refused, and the same token is good when there is room', () => {
  const tokens = [credit(90n, 1_000), credit(20n, 1_002)];
  const { answers, meter } = type(install({ maxCreditTenths: 100n }), tokens);
  expect(answers).toEqual(['Accept', 'OverflowError']);
  expect(meter.creditTenths).toBe(90n);
  expect(type({ ...meter, creditTenths: 0n }, [tokens[1]!]).answers).toEqual(['Accept']);
});

test('after three wrong entries the meter waits ten seconds, then twenty; tests are answered all the while', () => {
  const good = credit(10n, 5_000);
  const wrong = '0'.repeat(20);
  const { answers, meter } = type(install(), [wrong, wrong, wrong, good, unwrapped(testToken(18))]);
  expect(answers).toEqual(['CRCError', 'CRCError', 'CRCError', 'Lockout', 'Accept']);
  const later = type(meter, [wrong, good], NOON + 12_000);
  expect(later.answers).toEqual(['CRCError', 'Lockout']);
  expect(type(later.meter, [good], NOON + 31_000).answers).toEqual(['Lockout']);
  const free = type(later.meter, [good, wrong, wrong, credit(10n, 5_002)], NOON + 32_000);
  expect(free.answers).toEqual(['Accept', 'CRCError', 'CRCError', 'Accept']);
  expect(type(restartedMeter(later.meter), [good], NOON + 13_000).answers).toEqual(['Accept']);
});

test('the wait never grows beyond its longest', () => {
  let meter = install();
  for (let i = 0; i < 40; i++) meter = enterToken(meter, '', new Date(meter.lockedUntil)).meter;
  const before = meter.lockedUntil;
  expect(enterToken(meter, '', new Date(before)).meter.lockedUntil - before).toBe(1_280_000);
});

test('what an electricity meter has no use for is no function of it, and uses no identifier up', () => {
  const water = unwrapped(issueCredit(key, { tenths: 10n, tid: 900, rnd: 1, resource: 'water' })).token;
  const money = unwrapped(issueCurrencyCredit(key, { amount: 100n, tid: 900 })).token;
  const register = unwrapped(issueOrder(key, { order: 'clear_credit', value: 2n, tid: 900, rnd: 1 })).token;
  const { answers } = type(install(), [water, money, register, credit(10n, 900)]);
  expect(answers).toEqual(['FunctionError', 'FunctionError', 'FunctionError', 'Accept']);
});

test('a meter with a default key takes no credit, but orders', () => {
  const facts = { ...FACTS, kt: 1 as const };
  const itsKey = unwrapped(buildDecoderKey(facts));
  const tokens = [
    unwrapped(issueCredit(itsKey, { tenths: 10n, tid: 900, rnd: 1 })).token,
    unwrapped(issueOrder(itsKey, { order: 'clear_tamper', tid: 901, rnd: 1 })).token,
  ];
  const { answers, meter } = type(tamperedMeter(install({}, facts)), tokens);
  expect(answers).toEqual(['DDTKError', 'Accept']);
  expect(meter.tampered).toBe(false);
});

test('a key that has expired takes no credit; a meter that does not look takes it', () => {
  const late = credit(10n, 201 << 16);
  expect(type(install({}, FACTS, 200), [late]).answers).toEqual(['KeyExpiredError']);
  expect(type(install({ checksExpiry: false }, FACTS, 200), [late]).answers).toEqual(['Accept']);
});

test('sections of a new key wait ten minutes for the others, and a restart drops them', () => {
  const to = { ...FACTS, krn: 3, ti: '99', sgc: '999999', ken: 77 };
  const [one, two, three, four] = unwrapped(issueKeyChange(FACTS, to)).map(({ token }) => token);
  const begun = type(install(), [four!, one!, one!]);
  expect(begun.answers).toEqual(['4thKCT', '1stKCT', '1stKCT']);
  const done = type(begun.meter, [three!, two!], NOON + 9 * MINUTE);
  expect(done.answers).toEqual(['3rdKCT', 'Accept']);
  expect(done.meter.key).toMatchObject({ krn: 3, ti: '99', sgc: '999999', ken: 77, kt: 2, baseDate: 2014 });
  expect(type(begun.meter, [three!, two!], NOON + 11 * MINUTE).answers).toEqual(['3rdKCT', '2ndKCT']);
  expect(type(restartedMeter(begun.meter), [three!, two!]).answers).toEqual(['3rdKCT', '2ndKCT']);
});

test('a meter with a unique key refuses to go back to one for initialisation, and so does the issuer', () => {
  const to = { ...FACTS, krn: 3, kt: 0 as const, ken: 255 };
  expect(issueKeyChange(FACTS, to)).toEqual({ ok: false, reason: 'KeyTypeError' });
  const tokens = unwrapped(issueKeyChange({ ...FACTS, kt: 2 }, { ...to, kt: 1 })).map(({ token }) => token);
  const common = { ...install(), key: { ...install().key, kt: 3 as const } };
  expect(type(common, tokens).answers.at(-1)).toBe('Accept');
  const initial = unwrapped(issueKeyChange({ ...FACTS, kt: 2 }, { ...to, kt: 2 })).map(({ token }) => token);
  const after = type(common, initial);
  expect(after.answers.at(-1)).toBe('KeyTypeError');
  expect(after.meter.key.krn).toBe(FACTS.krn);
});

test('a test token shows what is asked for, of the own manufacturer or of all', () => {
  const show = (token: string) => enterToken(install(), token, new Date(NOON));
  expect(show(unwrapped(testToken(18))).readings).toEqual([{ test: 18, value: FACTS.drn }]);
  expect(show(unwrapped(testToken(0))).readings).toHaveLength(10);
  expect(show(unwrapped(testToken(5, { manufacturer: 77 }))).answer).toBe('MfrCodeError');
});
