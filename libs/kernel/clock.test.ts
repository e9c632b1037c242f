import { dayIn, hourIn, FakeClock } from './clock.js';

test.each([
  ['Africa/Lagos', '2026-11-21T22:59:59.999Z', '2026-11-21'],
  ['Africa/Lagos', '2026-11-21T23:00:00.000Z', '2026-11-22'],
  ['UTC', '2026-12-31T23:59:59.999Z', '2026-12-31'],
  ['Africa/Kigali', '2026-12-31T22:00:00.000Z', '2027-01-01'],
  ['America/New_York', '2026-03-01T04:59:59.000Z', '2026-02-28'],
  ['Africa/Lagos', '2028-02-28T23:30:00.000Z', '2028-02-29'],
])('in %s it is at %s the day %s', (timeZone, at, day) => {
  expect(dayIn(timeZone, new Date(at))).toBe(day);
  expect(dayIn(timeZone, new Date(at))).toBe(day);
});

test('a fake clock stands still until it is told to move', () => {
  const clock = new FakeClock(1_000);
  expect(clock.now()).toEqual(clock.now());
  clock.advance(500);
  expect(clock.now().getTime()).toBe(1_500);
});

test('the hour of the day is that of the time zone, and midnight is 0', () => {
  const at = new Date('2026-11-21T23:30:00Z');
  expect(['Africa/Lagos', 'Africa/Nairobi', 'UTC'].map((zone) => hourIn(zone, at))).toEqual([0, 2, 23]);
});
