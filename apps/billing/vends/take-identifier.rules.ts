import type { Energy } from '#kernel';
import { isBeyondKen, nextTid, type BaseDate } from '#tokens';
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
/** The most that one token of an OpenPAYGO device carries. */
const MAX_PAYGO_VALUE = 995;

/**
 * What makes the token of one vend, and of no other: the next identifier of the meter (the minute of the clock, never a
 * lower one), or the next count of the device. Taken under the lock of the meter's row, before the issuer is called.
 */
export function takeIdentifier(keys: MeterKeys, units: Energy, now: Date, rnd: number): Taken | NotVendable {
  if (keys.issuer === 'openpaygo') return keys.paygo ? takeCount(keys, keys.paygo, units) : NO_KEYS;
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

/** Time is added: the next even count. */
function takeCount(keys: MeterKeys, facts: PaygoFacts, units: Energy): Taken | NotVendable {
  const count = keys.count + (keys.count % 2 === 0 ? 2 : 1);
  const { timeDivider, wattHoursPerDay } = facts;
  const value = Number((units.wattHours * BigInt(timeDivider)) / BigInt(wattHoursPerDay));
  if (value < 1) return TOO_LITTLE;
  if (value > MAX_PAYGO_VALUE) return TOO_MUCH;
  const days = Math.floor(value / timeDivider);
  return { device: { kind: 'openpaygo', count, value, days }, keyId: null, tid: null, row: { count } };
}

export function isNotVendable(taken: Taken | NotVendable): taken is NotVendable {
  return 'code' in taken;
}
