import type { KeyType } from './decoder-key.rules.js';

/** What credit is of. The place in the list is the subclass (class 0); four more and it is credit in currency. */
export const RESOURCES = ['electricity', 'water', 'gas', 'time'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Orders to a meter (class 2) that have a TID, and their subclass. */
export const ORDERS = {
  /** Watts. */
  power_limit: 0,
  /** The register: 0..3 in the order of the resources, 4..7 their currency, 0xFFFF all. */
  clear_credit: 1,
  clear_tamper: 5,
  /** Watts between the phases. */
  phase_unbalance_limit: 6,
} as const;
export type Order = keyof typeof ORDERS;

export const ALL_REGISTERS = 0xffff;

/** The four sections in which a new key travels (class 2), and their subclass. */
export const SECTIONS = { 1: 3, 2: 4, 3: 8, 4: 9 } as const;
export type Section = keyof typeof SECTIONS;

/** A section as a meter reads it. `word` is a quarter of the new key: w0, w3, w1, w2 for the sections 1 to 4. */
export type KeySection = { word: number } & (
  | { section: 1; kenHigh: number; krn: number; rollover: boolean; kt: KeyType }
  | { section: 2; kenLow: number; ti: number }
  | { section: 3; sgcLow: number }
  | { section: 4; sgcHigh: number }
);

/** What a token says. Units are tenths (of a kWh, a cubic metre, a minute), currency is in 0.00001. */
export type TokenContent =
  | { kind: 'credit'; resource: Resource; tid: number; rnd: number; tenths: bigint }
  | { kind: 'currency_credit'; resource: Resource; tid: number; amount: bigint }
  | { kind: 'order'; order: Order; tid: number; rnd: number; value: bigint }
  | ({ kind: 'key_section' } & KeySection)
  | { kind: 'test'; subclass: 0 | 1; control: bigint; manufacturer: number };
