export const INVARIANT_IDS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I11'] as const;
export type InvariantId = (typeof INVARIANT_IDS)[number];

/**
 * A query for what must not be. Each row is one violation, its only column `what` one line with the ids that
 * lead to it: never a phone, a token or a text that was sent to somebody.
 */
export interface Rule {
  /** What must hold, as a sentence. */
  rule: string;
  sql: string;
}

/** One of the promises of the system, as queries over its six schemas at one moment. */
export interface Invariant {
  id: InvariantId;
  says: string;
  /** `settled`: nothing is under way. Otherwise only what must hold at any moment of a running system. */
  rules(settled: boolean): Rule[];
  /** A query for one row of numbers: how much was looked at. */
  counted: string;
}

export interface InvariantResult {
  id: InvariantId;
  holds: boolean;
  /** What must hold, as a sentence. */
  says: string;
  /** The first 20, with ids only. */
  violations: string[];
  /** How much was looked at, and under `violations` how many there are. */
  counted: Record<string, number>;
}

export const SHOWN = 20;
