/** What a simulated meter answers to what is keyed into it. */
export const ANSWERS = {
  accepted: 'Accepted',
  used: 'Used already',
  old: 'Too old',
  wrong_meter: 'Not for this meter',
  key_change_needed: 'Key change needed',
  key_section: 'Next key-change token',
  key_type_error: 'Key type refused',
  format_error: 'No such token',
  crc_error: 'Wrong token',
  locked: 'Locked, wait',
  overflow: 'Register is full',
  function_error: 'No such function',
  manufacturer_error: 'Another maker’s test',
} as const;
export type AnswerWord = keyof typeof ANSWERS;

export interface Entry {
  answer: AnswerWord;
  /** What the token added. */
  addedWh?: bigint;
  addedMs?: number;
  /** What a test token makes it show. */
  shown?: { test: number; value: string }[];
}

/** What stands on a meter, apart from its energy. Never a key. */
export interface Plate {
  kind: 'sts' | 'openpaygo';
  /** Null where time is bought, not energy. */
  creditWh: bigint | null;
  /** When the time that was bought ends, in milliseconds of the meter's clock. */
  activeUntil: number | 'unlocked' | null;
  usedTokens: number;
  lockedUntil: number;
  tampered: boolean;
  facts: Record<string, string | number | undefined>;
}

/** The part of a meter that knows tokens: one of STS, one of OpenPAYGO. Times are milliseconds of the meter's clock. */
export interface MeterBody {
  enter(text: string, at: number): Entry;
  /** Lets energy through, as much of it as is paid for; says how much. `to` is when. */
  take(wattHours: number, from: number, to: number): number;
  isClosed(at: number): boolean;
  plate(): Plate;
  /** Whether a token is one for this meter, without keying it. */
  reads(token: string): boolean;
  powerCut(): void;
  tamper(): void;
}
