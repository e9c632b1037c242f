import type { TokenContent } from './token-kinds.js';
import { acceptCredit, acceptOrder } from './meter-effects.rules.js';
import { acceptSection } from './meter-key-change.rules.js';
import type { MeterState } from './meter-state.js';
import { readingsFor, type Reading } from './meter-readings.rules.js';
import { decodeToken, type DecodeRefusal } from './decode-token.rules.js';
import { manufacturerCode } from './meter-number.rules.js';
import { isBeyondKen } from './token-time.rules.js';

/** The names are those of meters' manuals. `Lockout`: too many wrong entries, try again later. */
export type MeterAnswer =
  | 'Accept'
  | '1stKCT'
  | '2ndKCT'
  | '3rdKCT'
  | '4thKCT'
  | 'OverflowError'
  | 'KeyTypeError'
  | 'FormatError'
  | 'FunctionError'
  | 'OldError'
  | 'UsedError'
  | 'KeyExpiredError'
  | 'DDTKError'
  | 'CRCError'
  | 'MfrCodeError'
  | 'Lockout';

export interface MeterReply {
  answer: MeterAnswer;
  /** As it was, where the token was refused (but for the count of wrong entries). */
  meter: MeterState;
  /** What the display shows after a test token. */
  readings: Reading[];
}

type WithTid = Extract<TokenContent, { tid: number }>;

const ANSWERS: Readonly<Record<DecodeRefusal, MeterAnswer>> = {
  wrong_length: 'FormatError',
  not_digits: 'FormatError',
  out_of_range: 'FormatError',
  class_unknown: 'FunctionError',
  crc_wrong: 'CRCError',
  subclass_unknown: 'FunctionError',
};

/** Twenty digits are typed at this time. */
export function enterToken(meter: MeterState, token: string, at: Date): MeterReply {
  const decoded = decodeToken(token, meter.key.key);
  const isTest = decoded.ok && decoded.value.kind === 'test';
  if (at.getTime() < meter.lockedUntil && !isTest) return reply(meter, 'Lockout');
  if (!decoded.ok) {
    const answer = ANSWERS[decoded.reason];
    return reply(answer === 'FunctionError' ? meter : afterWrongEntry(meter, at), answer);
  }
  return take(meter, decoded.value, at);
}

function take(meter: MeterState, content: TokenContent, at: Date): MeterReply {
  switch (content.kind) {
    case 'test': {
      const own = content.manufacturer === 0 || content.manufacturer === manufacturerCode(meter.drn);
      if (!own) return reply(meter, 'MfrCodeError');
      return { answer: 'Accept', meter, readings: readingsFor(content, meter) };
    }
    case 'key_section': {
      const { answer, meter: after } = acceptSection(meter, content, at);
      return answer === 'KeyTypeError' ? reply(after, answer) : accepted(after, answer);
    }
    case 'currency_credit':
      return reply(meter, 'FunctionError');
    case 'credit':
    case 'order':
      return takeOnce(meter, content);
  }
}

/** A token with an identifier has its effect once: effect and identifier are one new state. */
function takeOnce(meter: MeterState, content: Exclude<WithTid, { kind: 'currency_credit' }>): MeterReply {
  const effect = content.kind === 'credit' ? acceptCredit(meter, content) : acceptOrder(meter, content);
  if (effect === 'FunctionError') return reply(meter, effect);
  if (content.kind === 'credit' && meter.key.kt === 1) return reply(meter, 'DDTKError');
  if (meter.settings.checksExpiry && isBeyondKen(content.tid, meter.key.ken))
    return reply(meter, 'KeyExpiredError');
  const [oldest = 0, ...others] = meter.tidStore;
  if (content.tid < oldest) return reply(meter, 'OldError');
  if (meter.tidStore.includes(content.tid)) return reply(meter, 'UsedError');
  if (effect === 'OverflowError') return reply(meter, effect);
  const tidStore = [...others, content.tid].sort((a, b) => a - b);
  return accepted({ ...effect, tidStore }, 'Accept');
}

function afterWrongEntry(meter: MeterState, at: Date): MeterState {
  const { after, firstMs, longestMs } = meter.settings.lockout;
  const wrongEntries = meter.wrongEntries + 1;
  if (wrongEntries < after) return { ...meter, wrongEntries };
  const wait = Math.min(firstMs * 2 ** (wrongEntries - after), longestMs);
  return { ...meter, wrongEntries, lockedUntil: at.getTime() + wait };
}

/** A token made for this meter ends the count of wrong entries. */
function accepted(meter: MeterState, answer: MeterAnswer): MeterReply {
  return reply({ ...meter, wrongEntries: 0, lockedUntil: 0 }, answer);
}

function reply(meter: MeterState, answer: MeterAnswer): MeterReply {
  return { answer, meter, readings: [] };
}
