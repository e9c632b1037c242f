import { type AttemptResult, judge, retryAfterMillis, SCHEDULE_MILLIS } from './delivery-schedule.rules.js';

const NOW = new Date('2026-11-21T10:00:00Z');
const HOUR = 3_600_000;
const answered = (status: number, retryAfter?: string): AttemptResult => ({ status, answer: '', retryAfter });
const silent: AttemptResult = { status: null, error: 'no answer in time' };

test('ten attempts take a little more than three days', () => {
  expect(SCHEDULE_MILLIS).toHaveLength(10);
  const all = SCHEDULE_MILLIS.reduce((sum, wait) => sum + wait, 0);
  expect(all / HOUR).toBeCloseTo(75.6, 1);
});

test.each([200, 201, 202, 204, 299])('%s is a delivery', (status) => {
  expect(judge(answered(status), 0, NOW, 0)).toEqual({ is: 'delivered' });
});

test.each([301, 302, 303, 307, 308, 304, 400, 401, 403, 404, 405, 409, 422, 500, 501])(
  '%s is a failure that is tried again',
  (status) => expect(judge(answered(status), 0, NOW, 0)).toEqual({ is: 'retry', afterMillis: 5_000 }),
);

test('no answer is tried again by the schedule, until it is over', () => {
  const waits = SCHEDULE_MILLIS.map((_, step) => judge(silent, step, NOW, 0));
  expect(waits.slice(0, -1)).toEqual(
    SCHEDULE_MILLIS.slice(1).map((afterMillis) => ({ is: 'retry', afterMillis })),
  );
  expect(waits.at(-1)).toEqual({ is: 'exhausted' });
});

test('jitter only adds, and at most a tenth', () => {
  expect(judge(silent, 3, NOW, 0)).toEqual({ is: 'retry', afterMillis: 2 * HOUR });
  expect(judge(silent, 3, NOW, 1)).toEqual({ is: 'retry', afterMillis: 132 * 60_000 });
});

test('410 ends it, at whatever step', () => {
  expect(judge(answered(410), 0, NOW, 0)).toEqual({ is: 'gone' });
  expect(judge(answered(410), 9, NOW, 0)).toEqual({ is: 'gone' });
});

test.each([429, 502, 503, 504])('%s slows the whole endpoint down', (status) => {
  expect(judge(answered(status), 0, NOW, 0)).toEqual({
    is: 'retry',
    afterMillis: 5_000,
    pauseMillis: 60_000,
  });
  expect(judge(answered(status, '120'), 0, NOW, 0)).toEqual({
    is: 'retry',
    afterMillis: 120_000,
    pauseMillis: 120_000,
  });
  expect(judge(answered(status, '120'), 3, NOW, 0)).toEqual({
    is: 'retry',
    afterMillis: 2 * HOUR,
    pauseMillis: 120_000,
  });
});

test.each([
  ['30', 30_000],
  [' 30 ', 30_000],
  ['0', 0],
  ['Sat, 21 Nov 2026 10:01:00 GMT', 60_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['999999999', 24 * HOUR],
  ['Sat, 21 Nov 2099 10:00:00 GMT', 24 * HOUR],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2026-11-21T10:01:00Z', undefined],
  ['', undefined],
])('Retry-After: %p', (header, millis) => expect(retryAfterMillis(header, NOW)).toBe(millis));
