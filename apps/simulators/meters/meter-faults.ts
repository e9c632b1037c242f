import { ANY_OPERATION } from '../faults/fault-menu.js';

export const METER_FAULTS = {
  slow: 'answers after latencyMs; five seconds unless told',
  '5xx': 'answers 503, or the status it is told; nothing was keyed',
  'drop-before-accept': 'closes the socket; nothing was keyed',
  'accept-then-drop': 'takes the token, then closes the socket',
  mistyped: 'the last digit of the token is keyed wrong',
  'power-cut': 'goes off and on again before the token: wrong entries and half a key change are forgotten',
  tampered: 'somebody opens the case: no energy until a clear-tamper token; not of an OpenPAYGO device',
  'readings-missing': 'every third hour is missing in the readings',
  'readings-twice': 'every reading comes twice',
} as const;
export type MeterFault = keyof typeof METER_FAULTS;

/** What a fault can strike; the first is meant where an order does not say. */
export const METER_OPERATIONS = [ANY_OPERATION, 'key', 'readings'] as const;

const OF_THE_LINE = ['slow', '5xx', 'drop-before-accept', 'accept-then-drop'] as const;
export const KEY_FAULTS: ReadonlySet<MeterFault> = new Set([
  ...OF_THE_LINE,
  'mistyped',
  'power-cut',
  'tampered',
]);
export const READING_FAULTS: ReadonlySet<MeterFault> = new Set([
  ...OF_THE_LINE,
  'readings-missing',
  'readings-twice',
]);
