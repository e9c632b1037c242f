import type { DecoderKey, KeyFacts, KeyType } from './decoder-key.rules.js';
import type { SectionSet } from './key-change.rules.js';
import type { BaseDate } from './token-time.rules.js';

/** How a make of meter behaves, where the standard leaves it open. */
export interface MeterSettings {
  /** How many identifiers it remembers, 50 at least. */
  tidStoreSize: number;
  /** The most that its register shows. */
  maxCreditTenths: bigint;
  /** Sections of a new key wait this long for the others. */
  keyChangeWaitMs: number;
  /** Whether it looks at the expiry of its key (KEN). */
  checksExpiry: boolean;
  /** After so many wrong entries it takes none for a time, which doubles with every further one. */
  lockout: { after: number; firstMs: number; longestMs: number };
}

export const USUAL_METER: MeterSettings = {
  tidStoreSize: 50,
  maxCreditTenths: 9_999_999n,
  keyChangeWaitMs: 600_000,
  checksExpiry: true,
  lockout: { after: 3, firstMs: 10_000, longestMs: 1_280_000 },
};

/** The key a meter has, and what it was made from. */
export interface MeterKey {
  key: DecoderKey;
  kt: KeyType;
  krn: number;
  sgc: string;
  ti: string;
  ken: number;
  baseDate: BaseDate;
}

/** A meter for electricity with a keypad. Every change makes a new state: keep it before its answer is shown. */
export interface MeterState {
  readonly drn: string;
  readonly settings: MeterSettings;
  readonly key: MeterKey;
  readonly creditTenths: bigint;
  /** In watts; none at first. */
  readonly powerLimit: bigint | undefined;
  readonly phaseUnbalanceLimit: bigint | undefined;
  readonly tampered: boolean;
  /** Rising; zeros at first. */
  readonly tidStore: readonly number[];
  readonly pendingSections: SectionSet;
  /** When the last section came in, in milliseconds of the clock. */
  readonly pendingSince: number;
  readonly wrongEntries: number;
  readonly lockedUntil: number;
}

/** A meter as it is installed. */
export function newMeter(
  drn: KeyFacts['drn'],
  key: MeterKey,
  settings: Partial<MeterSettings> = {},
): MeterState {
  const all = { ...USUAL_METER, ...settings };
  return {
    drn,
    settings: all,
    key,
    creditTenths: 0n,
    powerLimit: undefined,
    phaseUnbalanceLimit: undefined,
    tampered: false,
    tidStore: emptyStore(all),
    pendingSections: {},
    pendingSince: 0,
    wrongEntries: 0,
    lockedUntil: 0,
  };
}

export function emptyStore({ tidStoreSize }: MeterSettings): readonly number[] {
  return Array.from({ length: tidStoreSize }, () => 0);
}

/** Somebody opened the case: a clear-tamper token is needed. */
export function tamperedMeter(meter: MeterState): MeterState {
  return { ...meter, tampered: true };
}

/** Switched off and on again: wrong entries and pending sections are forgotten, all else is kept. */
export function restartedMeter(meter: MeterState): MeterState {
  return { ...meter, wrongEntries: 0, lockedUntil: 0, pendingSections: {} };
}
