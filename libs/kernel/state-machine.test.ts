import { ImpossibleTransition, StateMachine } from './state-machine.js';

const door = new StateMachine<'open' | 'shut' | 'gone'>('door', {
  open: { means: 'One can pass.', next: ['shut', 'gone'] },
  shut: { means: 'One cannot pass.', next: ['open'] },
  gone: { means: 'There is a wall.', next: [] },
});

test.each([
  ['open', 'shut', true],
  ['open', 'gone', true],
  ['shut', 'open', true],
  ['shut', 'gone', false],
  ['gone', 'open', false],
  ['gone', 'shut', false],
  ['open', 'open', false],
  ['gone', 'gone', false],
] as const)('from %s to %s: %s', (from, to, possible) => {
  expect(door.can(from, to)).toBe(possible);
  if (possible) expect(door.move(from, to)).toBe(to);
  else expect(() => door.move(from, to)).toThrow(new ImpossibleTransition('door', from, to));
});

test('the error says which machine could not go where', () => {
  expect(() => door.move('gone', 'open')).toThrow('door cannot go from gone to open');
});

test('a state that nothing follows is terminal', () => {
  expect((['open', 'shut', 'gone'] as const).filter((state) => door.isTerminal(state))).toEqual(['gone']);
});
