import {
  issueCredit,
  issueCurrencyCredit,
  issueOrder,
  MAX_TID,
  ORDERS,
  RESOURCES,
  tidAt,
  type Order,
  type Outcome,
} from '#tokens';
import type { Entry } from './entry.js';

/** The token that an entry describes. */
export function issuedToken(entry: Entry): { id: string; token: string } {
  const key = entry.decoderKey();
  const tokenClass = entry.whole('class', 0, 2);
  if (tokenClass === 1)
    throw entry.bad('class', 'must be 0 or 2: tokens of class 1 are the same for all meters');
  const tid = tidOf(entry);
  const value = entry.big('value');
  if (tokenClass === 2) {
    const order = { order: orderOf(entry), value, tid, rnd: entry.whole('rnd', 0, 15) };
    return { id: entry.id, token: tokenOf(entry, issueOrder(key, order)) };
  }
  const subclass = entry.whole('subclass', 0, 7);
  const resource = RESOURCES[subclass % 4]!;
  const issued =
    subclass < 4
      ? issueCredit(key, { tenths: value, tid, rnd: entry.whole('rnd', 0, 15), resource })
      : issueCurrencyCredit(key, { amount: value, tid, resource });
  return { id: entry.id, token: tokenOf(entry, issued) };
}

/** By the time of issue; an entry may say it itself, for the second token of a minute. */
function tidOf(entry: Entry): number {
  const { baseDate } = entry;
  if (entry.has('tid')) return entry.whole('tid', 0, MAX_TID);
  const tid = tidAt(entry.time('issuedAt'), baseDate);
  if (tid.ok) return tid.value;
  const why = tid.reason === 'KeyExpired' ? 'is after the last minute of' : 'is before';
  throw entry.bad('issuedAt', `${why} base date ${baseDate}`);
}

function orderOf(entry: Entry): Order {
  const subclass = entry.whole('subclass', 0, 15);
  const order = (Object.keys(ORDERS) as Order[]).find((name) => ORDERS[name] === subclass);
  if (order) return order;
  throw entry.bad('subclass', `must be one of ${Object.values(ORDERS).join(', ')} in class 2`);
}

function tokenOf(entry: Entry, issued: Outcome<{ token: string }, string>): string {
  if (!issued.ok) throw entry.bad('value', `cannot be carried by a token of this kind: ${issued.reason}`);
  return issued.value.token;
}
