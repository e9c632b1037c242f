import type { Tx } from '../tx.js';

/** What is known after a call to the outside. */
export type Outcome<O> =
  | { kind: 'succeeded'; value: O }
  /** The outside said no, for good. */
  | { kind: 'failed'; code: string; reason: string }
  /** Proven not to have happened; try again later. */
  | { kind: 'not_done'; reason: string; retryAfterMillis?: number }
  /** Nothing was tried, since something of our own is away: no attempt, begun again soon, and never given up. */
  | { kind: 'not_begun'; reason: string }
  /** Nobody knows. It may have happened: it is asked for, never simply done again. */
  | { kind: 'unknown'; reason: string };

/** The outcomes that end an effect. */
export type FinalOutcome<O> = Extract<Outcome<O>, { kind: 'succeeded' | 'failed' }>;

export interface Call {
  /** The effect's id, given to the outside so that it can be asked for. */
  reference: string;
  /** Fires when the call has taken too long; its outcome is then unknown. */
  signal: AbortSignal;
  /** When the effect was decided. */
  since: Date;
}

/**
 * A call to the outside in two halves: `perform` and `ask` run without a transaction, `record` inside one.
 * What `perform` throws counts as unknown.
 */
export interface Effect<C, O> {
  readonly kind: string;
  perform(command: C, call: Call): Promise<Outcome<O>>;
  /** Finds out what became of an earlier `perform`. `not_done` only when that is proven. */
  ask(command: C, call: Call): Promise<Outcome<O>>;
  /** Writes down how it ended, once. */
  record(command: C, outcome: FinalOutcome<O>, tx: Tx, reference: string): Promise<void>;
  /** Waiting times before the first, second, … question after an unknown outcome; the last one repeats. */
  readonly askAfterMillis: readonly number[];
  /** Attempts that may be proven not done before the effect counts as failed. */
  readonly maxAttempts: number;
  readonly timeoutMillis: number;
}
