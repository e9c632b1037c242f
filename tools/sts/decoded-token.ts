import {
  decodeToken,
  ORDERS,
  RESOURCES,
  SECTIONS,
  timeOfTid,
  type BaseDate,
  type DecodeRefusal,
  type TokenContent,
} from '#tokens';
import type { Entry } from './entry.js';

const WHY: Readonly<Record<DecodeRefusal, string>> = {
  wrong_length: 'must have 20 digits',
  not_digits: 'must have digits alone',
  out_of_range: 'is a number of more than 66 bits',
  class_unknown: 'is of class 3, which is reserved',
  crc_wrong: 'has a wrong CRC: another meter, another key, or a digit mistyped',
  subclass_unknown: 'is of a subclass that is not supported',
};

/** What the token of an entry carries, by the names that the entries of `tokens` have. */
export function decodedToken(entry: Entry): object {
  const key = entry.decoderKey();
  const { baseDate } = entry;
  const token = entry.text('token', /^/, 'a text');
  const content = decodeToken(token, key);
  if (!content.ok) throw entry.bad('token', WHY[content.reason]);
  return { id: entry.id, token, ...members(content.value, baseDate) };
}

function members(content: TokenContent, baseDate: BaseDate): object {
  const { kind } = content;
  switch (kind) {
    case 'credit':
      return {
        class: 0,
        subclass: RESOURCES.indexOf(content.resource),
        kind,
        rnd: content.rnd,
        ...times(content.tid, baseDate),
        value: Number(content.tenths),
      };
    case 'currency_credit':
      return {
        class: 0,
        subclass: RESOURCES.indexOf(content.resource) + 4,
        kind,
        ...times(content.tid, baseDate),
        value: plain(content.amount),
      };
    case 'order':
      return {
        class: 2,
        subclass: ORDERS[content.order],
        kind: content.order,
        rnd: content.rnd,
        ...times(content.tid, baseDate),
        value: Number(content.value),
      };
    case 'key_section': {
      // The quarter of the key that it carries is nobody's to read.
      const { word: _word, kind: _kind, ...facts } = content;
      return { class: 2, subclass: SECTIONS[content.section], kind, ...facts };
    }
    case 'test':
      return {
        class: 1,
        subclass: content.subclass,
        kind,
        control: `0x${content.control.toString(16)}`,
        mfrCode: content.manufacturer,
      };
  }
}

function times(tid: number, baseDate: BaseDate): { tid: number; issuedAt: string } {
  return { tid, issuedAt: timeOfTid(tid, baseDate).toISOString().replace('.000Z', 'Z') };
}

/** A number where it is exact, else its digits. */
function plain(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
