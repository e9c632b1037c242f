import { billMachine } from './bill.machine.js';
import { whyNoDueDate } from './bill.rules.js';

test('a bill is paid or cancelled once; only a refund makes it owed again', () => {
  const arrows = Object.entries(billMachine.states).flatMap(([from, { next }]) =>
    next.map((to) => `${from} ${to}`),
  );
  expect(arrows).toEqual(['unpaid paid', 'unpaid cancelled', 'paid unpaid']);
});

test.each([
  ['2028-02-29', undefined],
  ['2026-11-21', undefined],
  ['9999-12-31', undefined],
  ['2026-11-20', 'is in the past: today is 2026-11-21'],
  ['0000-01-01', 'is in the past: today is 2026-11-21'],
  ['2027-02-29', 'must be a day of the calendar, as 2026-11-21'],
  ['2027-06-31', 'must be a day of the calendar, as 2026-11-21'],
  ['2027-00-10', 'must be a day of the calendar, as 2026-11-21'],
  ['2027-12-32', 'must be a day of the calendar, as 2026-11-21'],
  ['+27-12-01', 'must be a day of the calendar, as 2026-11-21'],
])('due on %s: %s', (day, why) => {
  expect(whyNoDueDate(day, '2026-11-21')?.errors?.[0]?.detail).toBe(why);
});
