import type { MeterState } from './meter-state.js';
import type { TokenContent } from './token-kinds.js';

/** One line of the display. */
export interface Reading {
  /** The number of the test that asked for it. */
  test: number;
  value: string;
}

type TestToken = Extract<TokenContent, { kind: 'test' }>;

/** What the meter can show, by the number of the test; it passes over the others. */
const SHOWN = new Map<number, (meter: MeterState) => string>([
  [4, ({ key }) => `${key.krn} ${key.kt}`],
  [5, ({ key }) => key.ti],
  [7, ({ powerLimit }) => (powerLimit === undefined ? 'none' : `${powerLimit} W`)],
  [8, ({ tampered }) => (tampered ? 'tampered' : 'untouched')],
  [
    11,
    ({ phaseUnbalanceLimit }) => (phaseUnbalanceLimit === undefined ? 'none' : `${phaseUnbalanceLimit} W`),
  ],
  [14, () => '11'],
  [15, () => '4'],
  [16, ({ key }) => key.sgc],
  [17, ({ key }) => String(key.ken)],
  [18, ({ drn }) => drn],
]);

export function readingsFor({ control }: TestToken, meter: MeterState): Reading[] {
  return [...SHOWN]
    .filter(([test]) => (control >> BigInt(test - 1)) & 1n)
    .map(([test, show]) => ({ test, value: show(meter) }));
}
