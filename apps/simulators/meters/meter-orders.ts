import { BASE_DATES, type BaseDate, type KeyType } from '#tokens';
import { SPEED_MAX } from './meter-clock.js';

/** A year and a day. */
const HOURS_MAX = 8_784;

/** What an STS meter's key is made from; what is left out is the demo's. */
export interface StsKeysOrder {
  vendingKeyHex?: string;
  sgc?: string;
  krn?: number;
  kt?: KeyType;
  ti?: string;
  ken?: number;
  baseDate?: BaseDate;
}

export interface PaygoKeysOrder {
  keyHex: string;
  startingCode: number;
  restrictedDigitSet?: boolean;
  count?: number;
  timeDivider?: number;
}

/** `nextKeys`: those that the utility will change the meter to, so that it can tell a token which comes too early. */
export type MeterOrder =
  | { number: string; kind?: 'sts'; keys?: StsKeysOrder; nextKeys?: StsKeysOrder }
  | { number: string; kind: 'openpaygo'; keys: PaygoKeysOrder };

export interface ClockOrder {
  speed?: number;
  advanceHours?: number;
}

const whole = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const text = (pattern: string) => ({ type: 'string', pattern });
const object = (properties: object, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const stsKeys = object({
  vendingKeyHex: text('^[0-9a-fA-F]{40}$'),
  sgc: text('^[0-9]{6}$'),
  krn: whole(1, 9),
  kt: { enum: [0, 1, 2] },
  ti: text('^[0-9]{2}$'),
  ken: whole(0, 255),
  baseDate: { enum: BASE_DATES },
});
const paygoKeys = object(
  {
    keyHex: text('^[0-9a-fA-F]{32}$'),
    startingCode: whole(1, 999_999_999),
    restrictedDigitSet: { type: 'boolean' },
    count: whole(0, 1_000_000),
    timeDivider: whole(1, 255),
  },
  ['keyHex', 'startingCode'],
);

/** Checked before a route's handler runs; what does not hold is a 400 that names it. */
export const BODIES = {
  token: object({ token: { type: 'string', minLength: 1, maxLength: 64 } }, ['token']),
  clock: {
    ...object({
      speed: { type: 'number', minimum: 0, maximum: SPEED_MAX },
      advanceHours: whole(1, HOURS_MAX),
    }),
    minProperties: 1,
  },
  meter: {
    type: 'object',
    properties: { kind: { enum: ['sts', 'openpaygo'] } },
    if: { properties: { kind: { const: 'openpaygo' } }, required: ['kind'] },
    then: object({ number: text('^[0-9]{5,20}$'), kind: {}, keys: paygoKeys }, ['number', 'keys']),
    else: object({ number: text('^[0-9]{5,20}$'), kind: {}, keys: stsKeys, nextKeys: stsKeys }, ['number']),
  },
};
