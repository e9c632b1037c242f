import { made, refused, type Outcome } from '../outcome.js';
import { buildDecoderKey, type KeyFacts, type KeyRefusal, type KeyType } from './decoder-key.rules.js';
import { seal } from './issue-tokens.rules.js';
import { SECTIONS, type KeySection, type Section } from './token-kinds.js';

/** `KeyTypeError`: a meter would refuse to go from this type of key to that; `InvalidMeter`: two different meters. */
export type KeyChangeRefusal = KeyRefusal | 'KeyTypeError' | 'InvalidKen';

export interface KeyChangeToken {
  section: Section;
  token: string;
}

/** From each type of key to these. No keypad meter takes a common key (3). */
const PERMITTED: Readonly<Record<KeyType, readonly KeyType[]>> = { 0: [1, 2], 1: [1, 2], 2: [1, 2], 3: [1] };

export function isKeyChangePermitted(from: KeyType, to: KeyType): boolean {
  return PERMITTED[from].includes(to);
}

/**
 * The four tokens that bring a meter from one key to another, under the old one. A new base date makes the meter forget
 * the identifiers it has seen. They have no TID: they can be made again.
 */
export function issueKeyChange(
  from: KeyFacts,
  to: KeyFacts & { ken: number },
): Outcome<KeyChangeToken[], KeyChangeRefusal> {
  if (from.drn !== to.drn) return refused('InvalidMeter');
  const oldKey = buildDecoderKey(from);
  if (!oldKey.ok) return oldKey;
  const newKey = buildDecoderKey(to);
  if (!newKey.ok) return newKey;
  if (!isKeyChangePermitted(from.kt, to.kt)) return refused('KeyTypeError');
  if (!Number.isInteger(to.ken) || to.ken < 0 || to.ken > 255) return refused('InvalidKen');
  const rollover = from.baseDate !== to.baseDate;
  const tokens = sectionsOf(newKey.value.reveal(), to, rollover).map((section) => ({
    section: section.section,
    token: seal(oldKey.value, 2, sectionBlock(section)),
  }));
  return made(tokens);
}

function sectionsOf(keyHex: string, to: KeyFacts & { ken: number }, rollover: boolean): KeySection[] {
  const word = (place: number) => parseInt(keyHex.slice(8 * place, 8 * place + 8), 16);
  const sgc = Number(to.sgc);
  return [
    { section: 1, word: word(0), kenHigh: to.ken >> 4, krn: to.krn, rollover, kt: to.kt },
    { section: 2, word: word(3), kenLow: to.ken & 0xf, ti: Number(to.ti) },
    { section: 3, word: word(1), sgcLow: sgc & 0xfff },
    { section: 4, word: word(2), sgcHigh: sgc >> 12 },
  ];
}

function sectionBlock(section: KeySection): bigint {
  return (
    (BigInt(SECTIONS[section.section]) << 60n) | (factsIn(section) << 48n) | (BigInt(section.word) << 16n)
  );
}

/** The twelve bits before the quarter of the key. */
function factsIn(section: KeySection): bigint {
  switch (section.section) {
    case 1:
      return BigInt(
        (section.kenHigh << 8) | (section.krn << 4) | (section.rollover ? 0b1000 : 0) | section.kt,
      );
    case 2:
      return BigInt((section.kenLow << 8) | section.ti);
    case 3:
      return BigInt(section.sgcLow);
    case 4:
      return BigInt(section.sgcHigh);
  }
}

/** What the four sections say together. */
export interface NewKey {
  keyHex: string;
  krn: number;
  kt: KeyType;
  ti: string;
  ken: number;
  sgc: string;
  rollover: boolean;
}

export type SectionSet = { [S in Section]?: KeySection & { section: S } };

/** Puts the sections together again; nothing as long as one is missing. */
export function newKeyOf({ 1: first, 2: second, 3: third, 4: fourth }: SectionSet): NewKey | undefined {
  if (!first || !second || !third || !fourth) return undefined;
  const words = [first.word, third.word, fourth.word, second.word];
  return {
    keyHex: words.map((word) => word.toString(16).padStart(8, '0')).join(''),
    krn: first.krn,
    kt: first.kt,
    ti: String(second.ti).padStart(2, '0'),
    ken: (first.kenHigh << 4) | second.kenLow,
    sgc: String((fourth.sgcHigh << 12) | third.sgcLow).padStart(6, '0'),
    rollover: first.rollover,
  };
}
