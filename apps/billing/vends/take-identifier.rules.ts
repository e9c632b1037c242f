import { isBeyondKen, MAX_TIME, nextCount, nextTid, type BaseDate } from '#tokens';
import { keyIdOf, type MeterKeys, type PaygoFacts } from './meter-keys.entity.js';
import type { DeviceFacts } from './token-issuer.port.js';

/** Why nothing can be made for a meter; a sentence for the customer. */
export interface NotVendable {
  code: 'meter_not_vendable' | 'amount_out_of_range';
  reason: string;
}

/** What a vend takes along from the meter's row, and what changes there. */
export interface Taken {
  device: DeviceFacts;
  keyId: string | null;
  tid: number | null;
  row?: Partial<Pick<MeterKeys, 'lastTid' | 'newLastTid' | 'count'>>;
}

const NO_KEYS: NotVendable = { code: 'meter_not_vendable', reason: 'No tokens can be made for this meter.' };
const TOO_LITTLE: NotVendable = {
  code: 'amount_out_of_range',
  reason: 'The amount is too little for this device.',
};
const TOO_MUCH: NotVendable = {
  code: 'amount_out_of_range',
  reason: 'The amount is too much for one token.',
};

/** DDTK: a meter with a default key takes orders, but no credit. */
const DEFAULT_KEY = 1;
/** In the place of a key's name: a count belongs to the device, whose key never changes. */
const PAYGO_KEY = 'openpaygo';

/**
 * What makes the token of one vend, and of no other: the next identifier of the meter (the minute of the clock, never a
 * lower one), or the next count of the device, which is paid by `days`. Taken under the lock of the meter's row, before the issuer is called.
 */
export function takeIdentifier(
  keys: MeterKeys,
  days: number | null,
  now: Date,
  rnd: number,
): Taken | NotVendable {
  const isPaygo = keys.issuer === 'openpaygo';
  // Energy for a device of time, or time for a meter of energy: its tariff or its keys are wrong.
  if (isPaygo !== (days !== null)) return NO_KEYS;
  if (isPaygo) return keys.paygo ? takeCount(keys, keys.paygo, days ?? 0) : NO_KEYS;
  const { key, changeTo } = keys;
  if (!key) return NO_KEYS;
  const named = { kind: 'sts' as const, key, ...(changeTo && { changeTo }) };
  // A module or a manufacturer has a clock of its own.
  if (keys.issuer !== 'software') return { device: named, keyId: null, tid: null };
  const under = changeTo ?? key;
  const tid = nextTid(now, under.baseDate as BaseDate, changeTo ? keys.newLastTid : keys.lastTid);
  // The meter would refuse what was paid for.
  if (!tid.ok || isBeyondKen(tid.value, under.ken) || under.kt === DEFAULT_KEY) return NO_KEYS;
  return {
    device: { ...named, tid: tid.value, rnd },
    keyId: keyIdOf(under),
    tid: tid.value,
    row: changeTo ? { newLastTid: tid.value } : { lastTid: tid.value },
  };
}

/** Time is added, by the next even count. */
function takeCount(keys: MeterKeys, { timeDivider }: PaygoFacts, days: number): Taken | NotVendable {
  const count = nextCount(keys.count, 'add_time');
  const value = days * timeDivider;
  if (value < 1) return TOO_LITTLE;
  if (value > MAX_TIME) return TOO_MUCH;
  const device = { kind: 'openpaygo' as const, count, value, days };
  return { device, keyId: PAYGO_KEY, tid: count, row: { count } };
}

export function isNotVendable(taken: Taken | NotVendable): taken is NotVendable {
  return 'code' in taken;
}
