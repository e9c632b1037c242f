import { DecoderKey } from './decoder-key.rules.js';
import { isKeyChangePermitted, newKeyOf, type NewKey, type SectionSet } from './key-change.rules.js';
import { emptyStore, type MeterState } from './meter-state.js';
import type { KeySection } from './token-kinds.js';
import { BASE_DATES, type BaseDate } from './token-time.rules.js';

const ANSWERS = { 1: '1stKCT', 2: '2ndKCT', 3: '3rdKCT', 4: '4thKCT' } as const;

export interface SectionReply {
  answer: (typeof ANSWERS)[keyof typeof ANSWERS] | 'Accept' | 'KeyTypeError';
  meter: MeterState;
}

/** A section of a new key, in any order. The last missing one changes the key; the credit is kept. */
export function acceptSection(meter: MeterState, section: KeySection, at: Date): SectionReply {
  const isLate = at.getTime() - meter.pendingSince > meter.settings.keyChangeWaitMs;
  const waiting: SectionSet = isLate ? {} : meter.pendingSections;
  const pendingSections: SectionSet = { ...waiting, [section.section]: section };
  const newKey = newKeyOf(pendingSections);
  if (!newKey) {
    const after = { ...meter, pendingSections, pendingSince: at.getTime() };
    return { answer: ANSWERS[section.section], meter: after };
  }
  if (!isKeyChangePermitted(meter.key.kt, newKey.kt)) return { answer: 'KeyTypeError', meter };
  return { answer: 'Accept', meter: withKey(meter, newKey) };
}

function withKey(meter: MeterState, { keyHex, rollover, ...facts }: NewKey): MeterState {
  const baseDate = rollover ? nextBaseDate(meter.key.baseDate) : meter.key.baseDate;
  const key = DecoderKey.ofBytes(Buffer.from(keyHex, 'hex'));
  return {
    ...meter,
    key: { key, baseDate, ...facts },
    tidStore: rollover ? emptyStore(meter.settings) : meter.tidStore,
    pendingSections: {},
  };
}

/** The tokens say that the base date changes, not to which: it is the next. */
function nextBaseDate(baseDate: BaseDate): BaseDate {
  return BASE_DATES[BASE_DATES.indexOf(baseDate) + 1] ?? baseDate;
}
