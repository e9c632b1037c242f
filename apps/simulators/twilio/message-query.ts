import { field, wholeNumber, type Fields } from '../server.js';
import { messagesPath } from './account.js';
import { resourceOf } from './message-resource.js';
import type { MessageStore } from './message-store.js';
import type { Message } from './message.js';
import { twilioError, type TwilioError } from './twilio-errors.js';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 1000;
const DAY_MS = 86_400_000;
const FILTERS = ['To', 'From', 'DateSent', 'DateSent>', 'DateSent>=', 'DateSent<', 'DateSent<='];

interface MessageQuery {
  to: string | undefined;
  from: string | undefined;
  notBefore: number;
  before: number;
  page: number;
  pageSize: number;
  after: Message | undefined;
}

/** `GET Messages.json`: newest first; a page goes on behind the last message of the one before. */
export function listMessages(
  store: MessageStore,
  accountSid: string,
  fields: Fields,
): Record<string, unknown> | TwilioError {
  const query = readQuery(store, fields);
  if ('code' in query) return query;
  const found: Message[] = [];
  // One more than the page holds tells whether there is a next page.
  for (const message of store.newestFirst(query.to, query.after)) {
    if (matches(message, query)) found.push(message);
    if (found.length > query.pageSize) break;
  }
  const messages = found.slice(0, query.pageSize);
  const start = query.page * query.pageSize;
  const last = messages.at(-1);
  return {
    first_page_uri: pageUri(accountSid, fields, query.pageSize, 0),
    end: start + Math.max(0, messages.length - 1),
    previous_page_uri: null,
    messages: messages.map((message) => resourceOf(message, accountSid)),
    uri: pageUri(accountSid, fields, query.pageSize, query.page),
    page_size: query.pageSize,
    start,
    next_page_uri:
      found.length > messages.length && last
        ? `${pageUri(accountSid, fields, query.pageSize, query.page + 1)}&PageToken=PA${last.sid}`
        : null,
    page: query.page,
  };
}

function readQuery(store: MessageStore, fields: Fields): MessageQuery | TwilioError {
  const to = field(fields, 'To') || undefined;
  const days = {
    on: readDate(field(fields, 'DateSent')),
    from: readDate(field(fields, 'DateSent>') ?? field(fields, 'DateSent>=')),
    until: readDate(field(fields, 'DateSent<') ?? field(fields, 'DateSent<=')),
  };
  const wrong = Object.values(days).find((date) => date !== undefined && Number.isNaN(date.at));
  if (wrong) return twilioError(20001, `DateSent ${wrong.text} is no date`);
  const token = field(fields, 'PageToken');
  const after = token === undefined ? undefined : store.find(token.replace(/^PA/, ''));
  if (token !== undefined && (after === undefined || (to !== undefined && after.to !== to))) {
    return twilioError(20001, `PageToken ${token} is not known`);
  }
  const { on, from, until } = days;
  const onDay = on && Math.floor(on.at / DAY_MS) * DAY_MS;
  // A bare date as an upper bound means the whole of that day.
  const end = until && (until.isDay ? until.at + DAY_MS : until.at + 1000);
  return {
    to,
    from: field(fields, 'From') || undefined,
    notBefore: Math.max(onDay ?? 0, from?.at ?? 0),
    before: Math.min(onDay === undefined ? Infinity : onDay + DAY_MS, end ?? Infinity),
    page: wholeNumber(fields, 'Page', 0, 1_000_000),
    pageSize: Math.max(1, wholeNumber(fields, 'PageSize', PAGE_SIZE, PAGE_SIZE_MAX)),
    after,
  };
}

function matches(message: Message, query: MessageQuery): boolean {
  if (message.deleted) return false;
  if (query.from !== undefined && message.from !== query.from) return false;
  // Twilio's dates know whole seconds. What is not sent yet counts by its acceptance: a client that asks
  // "did you take it?" must not hear no.
  const at = Math.floor((message.sentAt ?? message.acceptedAt) / 1000) * 1000;
  return at >= query.notBefore && at < query.before;
}

function readDate(text: string | undefined): { text: string; at: number; isDay: boolean } | undefined {
  if (text === undefined || text === '') return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  return { text, isDay, at: isDay || isMoment ? Date.parse(text) : NaN };
}

function pageUri(accountSid: string, fields: Fields, pageSize: number, page: number): string {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const value = field(fields, name);
    if (value !== undefined) query.set(name, value);
  }
  query.set('PageSize', String(pageSize));
  query.set('Page', String(page));
  return `${messagesPath(accountSid)}.json?${query.toString()}`;
}
