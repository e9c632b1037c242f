import { judgeRefusal, nameOf, neverLeft, retryAfterOf } from './twilio-answers.rules.js';

test.each([
  [
    { status: 429, code: 20429 },
    { kind: 'not_done', code: '20429' },
  ],
  [
    { status: 429, retryAfterMillis: 7_000 },
    { kind: 'not_done', code: 'http_429', retryAfterMillis: 7_000 },
  ],
  [
    { status: 429, retryAfterMillis: 9e9 },
    { kind: 'not_done', code: 'http_429', retryAfterMillis: 3_600_000 },
  ],
  [
    { status: 400, code: 21611 },
    { kind: 'not_done', code: '21611' },
  ],
])('%j: not taken, to be tried again', (refusal, verdict) => {
  expect(judgeRefusal(refusal)).toEqual(verdict);
});

test.each([21211, 21610, 21612, 21614, 29999])('400/%i: the recipient cannot be reached', (code) => {
  expect(judgeRefusal({ status: 400, code })).toEqual({
    kind: 'failed',
    code: String(code),
    misconfigured: false,
  });
});

test.each([
  [401, 20003],
  [404, 20404],
  [400, 21212],
  [400, 21408],
  [400, 21603],
  [400, 21606],
  [400, 21608],
  [400, 21659],
  [400, 21617],
  [403, undefined],
  [401, 29999],
])('%i/%s: our own settings are wrong', (status, code) => {
  expect(judgeRefusal({ status, code })).toMatchObject({ kind: 'failed', misconfigured: true });
});

test.each([500, 502, 503, 504, 408, 302])('%i: nobody knows', (status) => {
  expect(judgeRefusal({ status, code: status === 503 ? 20503 : undefined }).kind).toBe('unknown');
  // Even with a code that would otherwise be clear.
  expect(judgeRefusal({ status, code: 21211 }).kind).toBe('unknown');
});

const failing = (fields: object) => Object.assign(new Error('failed'), fields);

test('only a connection that never came about proves that nothing left', () => {
  const refused = failing({ code: 'ECONNREFUSED', syscall: 'connect' });
  expect(neverLeft(refused)).toBe(true);
  expect(neverLeft(failing({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }))).toBe(true);
  expect(neverLeft(failing({ code: 'UND_ERR_CONNECT_TIMEOUT' }))).toBe(true);
  expect(neverLeft(new AggregateError([refused, refused], 'both'))).toBe(true);
  expect(neverLeft(new AggregateError([refused, failing({ code: 'ECONNRESET', syscall: 'read' })]))).toBe(
    false,
  );
  expect(neverLeft(failing({ code: 'ECONNRESET', syscall: 'read' }))).toBe(false);
  expect(neverLeft(failing({ code: 'EHOSTUNREACH', syscall: 'write' }))).toBe(false);
  expect(neverLeft(failing({ code: 'UND_ERR_SOCKET' }))).toBe(false);
  expect(neverLeft(failing({ code: 'UND_ERR_HEADERS_TIMEOUT' }))).toBe(false);
  expect(neverLeft(new SyntaxError('no JSON'))).toBe(false);
});

test('an error is named without its message, which may quote a number', () => {
  expect(nameOf(new SyntaxError('Unexpected token in "+2348012345678"'))).toBe('SyntaxError');
  expect(nameOf(failing({ code: 'UND_ERR_SOCKET' }))).toBe('UND_ERR_SOCKET');
  expect(nameOf('+2348012345678')).toBe('error');
});

test('Retry-After is read in both of its forms', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(retryAfterOf('3', now)).toBe(3_000);
  expect(retryAfterOf('Sat, 21 Nov 2026 10:00:05 GMT', now)).toBe(5_000);
  expect(retryAfterOf('Sat, 21 Nov 2026 09:00:00 GMT', now)).toBe(0);
  expect(retryAfterOf('soon', now)).toBeUndefined();
  expect(retryAfterOf(undefined, now)).toBeUndefined();
});
