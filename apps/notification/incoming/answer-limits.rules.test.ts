import { type Answered, nextAnswer } from './answer-limits.rules.js';
import type { Wanted } from './keyword.rules.js';

const HOUR = 3_600_000;
const start = new Date('2026-11-28T10:00:00Z');
const after = (millis: number) => new Date(start.getTime() + millis);
const fresh: Answered = { answers: 0, since: new Date(0), helpedAt: null };

/** How many of these texts are answered, each a moment after the one before. */
function answered(wanted: Wanted, times: number[]): number {
  let state = fresh;
  return times.filter((millis) => {
    const next = nextAnswer(state, wanted, after(millis));
    state = next ?? state;
    return next !== undefined;
  }).length;
}

test('a phone is answered five times an hour, and again in the next one', () => {
  const often = Array.from({ length: 20 }, (_, i) => i * 1_000);
  expect(answered({ kind: 'tokens' }, often)).toBe(5);
  expect(answered({ kind: 'tokens' }, [...often, HOUR, HOUR + 1])).toBe(7);
});

test('help is given once a day, and counts', () => {
  expect(answered({ kind: 'help' }, [0, 1, HOUR, 23 * HOUR])).toBe(1);
  expect(answered({ kind: 'help' }, [0, 24 * HOUR])).toBe(2);
  const helped = nextAnswer(fresh, { kind: 'help' }, start)!;
  expect(nextAnswer(helped, { kind: 'tokens' }, start)).toMatchObject({ answers: 2, helpedAt: start });
});

test('what Twilio answers is not answered here', () => {
  expect(answered({ kind: 'carrier' }, [0])).toBe(0);
});
