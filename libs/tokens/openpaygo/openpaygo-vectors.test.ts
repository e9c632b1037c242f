import { openPaygoVectors, type CodeVector, type DeviceSteps } from '../testing/vectors.js';
import { unwrapped } from '../testing/unwrapped.js';
import { DeviceKey, endingOf, STANDARD, withEnding } from './code-chain.rules.js';
import { enterCode, newDevice, type DeviceState } from './device.machine.js';
import { issueCode, type CodeKind } from './issue-code.rules.js';
import { isSignedRequest, signAnswer, signRequest, type SignedRequest } from './metrics-auth.rules.js';
import { sipHash24 } from './siphash.rules.js';

// Each vector is a case of its own, so that a failure names it.

const { siphash24, startingCode, chain, tokens, docsQuickTest, deviceProcedure, metricsAuth } =
  openPaygoVectors;
const keyOf = (hex: string) => unwrapped(DeviceKey.ofHex(hex));
const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 2, 12);

test.each(siphash24)('SipHash-2-4 of $message is $hash, as its paper has it', ({ key, message, hash }) => {
  expect(sipHash24(Buffer.from(key, 'hex'), Buffer.from(message, 'hex')).toString(16)).toBe(hash);
});

test.each(startingCode.vectors)('the starting code $startingCode follows from its key', (vector) => {
  expect(keyOf(vector.key).derivedStartingCode()).toBe(vector.startingCode);
});

test.each(chain.steps)(
  'step $iteration of the chain is $raw, typed as $masked',
  ({ iteration, raw, masked }) => {
    const ending = endingOf(chain.value, chain.starting_code, STANDARD);
    let code = withEnding(BigInt(chain.starting_code), ending, STANDARD);
    for (let i = 0; i < iteration; i++) code = STANDARD.next(code, keyOf(chain.key));
    expect([code, withEnding(code, ending, STANDARD)]).toEqual([BigInt(raw), BigInt(masked)]);
  },
);

const KINDS: Record<CodeVector['token_type'], CodeKind> = {
  ADD_TIME: 'add_time',
  SET_TIME: 'set_time',
  DISABLE_PAYG: 'unlock',
  COUNTER_SYNC: 'counter_sync',
};

test.each(tokens)(
  '$serial_number $token_type $value_raw after $count (restricted $restricted_digit_set) is $token',
  (vector) => {
    const device = {
      key: keyOf(vector.key),
      startingCode: vector.starting_code,
      restrictedDigitSet: vector.restricted_digit_set,
    };
    const order = {
      kind: KINDS[vector.token_type],
      value: vector.value_raw ?? undefined,
      count: vector.count,
      extended: vector.extended_token,
    };
    expect(issueCode(device, order)).toEqual({
      ok: true,
      value: { code: vector.token, count: vector.new_count },
    });
    if (vector.extended_token) return;
    const entered = enterCode(newDevice(device, new Date(NOON), vector.count), vector.token, new Date(NOON));
    expect([entered.answer, entered.device.count]).toEqual(['valid', vector.new_count]);
  },
);

describe.each([
  ['the quick test of the documentation', docsQuickTest],
  ['the official procedure for devices', deviceProcedure],
] as const)('%s', (_name, { key, starting_code, startCount, steps }: DeviceSteps) => {
  const at = new Date(NOON);
  let device: DeviceState = newDevice({ key: keyOf(key), startingCode: starting_code }, at, startCount);

  test.each(steps.map((step, i) => ({ ...step, name: step.step ?? i + 1 })))(
    '$name: $token is $result, then it has $daysAfter days at count $countAfter',
    ({ token, result, countAfter, daysAfter }) => {
      // The procedure is for a device without the wait after wrong codes.
      const reply = enterCode({ ...device, blockedUntil: 0 }, token, at);
      device = reply.device;
      expect(reply.answer).toBe(result.replace('-', '_'));
      expect(device.count).toBe(countAfter);
      const { activeUntil } = device;
      expect(activeUntil === 'unlocked' ? 'infinite' : (activeUntil - NOON) / DAY).toBe(daysAfter);
    },
  );
});

test.each(metricsAuth.request)('the report $id is signed $auth', ({ key, method, auth, request }) => {
  const signed: SignedRequest = {
    serialNumber: request.serial_number,
    timestamp: request.timestamp,
    requestCount: request.request_count,
    dataText: JSON.stringify(request.data),
    historyTexts: request.historical_data?.map((row) => JSON.stringify(row)),
  };
  expect(signRequest(keyOf(key), method, signed)).toBe(auth);
  expect(isSignedRequest(keyOf(key), auth, signed)).toBe(true);
  expect(isSignedRequest(keyOf(key), auth, { ...signed, serialNumber: 'A111223' })).toBe(false);
});

test.each(metricsAuth.response)('the answer $answer is signed $auth', (vector) => {
  const { token_list, settings, extra_data, active_until_timestamp, active_seconds_left } = vector.answer;
  const json = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  const signed = {
    serialNumber: vector.serial_number,
    timestamp: vector.timestamp,
    activeUntil: active_until_timestamp as number | undefined,
    activeSecondsLeft: active_seconds_left as number | undefined,
    tokenListText: json(token_list),
    settingsText: json(settings),
    extraDataText: json(extra_data),
  };
  expect(signAnswer(keyOf(vector.key), signed)).toBe(vector.auth);
});

test('every vector of the file was a case', () => {
  expect(tokens).toHaveLength(54);
  expect(deviceProcedure.steps).toHaveLength(46);
  expect(docsQuickTest.steps).toHaveLength(7);
  expect(metricsAuth.request.length + metricsAuth.response.length).toBe(11);
});
