import { jest } from '@jest/globals';
import { Rounds } from './rounds.js';

const EVERY = 1_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

interface Round {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** A job whose rounds end when the test says so. */
function started() {
  const underWay: Round[] = [];
  const failures: unknown[] = [];
  let begun = 0;
  const rounds = new Rounds(
    () => {
      begun += 1;
      return new Promise<void>((resolve, reject) => underWay.push({ resolve, reject }));
    },
    (error) => failures.push(error),
  );
  rounds.start(EVERY);
  const passes = (rounds: number) => jest.advanceTimersByTimeAsync(rounds * EVERY);
  return { rounds, failures, passes, begun: () => begun, last: () => underWay.at(-1)! };
}

test('a round that lasts longer than the interval is not joined by another', async () => {
  const { passes, begun, last } = started();
  await passes(3);
  expect(begun()).toBe(1);
  last().resolve();
  await passes(1);
  expect(begun()).toBe(2);
});

test('a round that fails is told, and the next one comes', async () => {
  const { passes, begun, last, failures } = started();
  await passes(1);
  last().reject(new Error('away'));
  await passes(1);
  expect(failures).toEqual([new Error('away')]);
  expect(begun()).toBe(2);
});

test('who stops waits for the round under way, and none follows', async () => {
  const { rounds, passes, begun, last } = started();
  await passes(1);
  let stopped = false;
  const stopping = rounds.stop().then(() => (stopped = true));
  await passes(1);
  expect(stopped).toBe(false);
  last().resolve();
  await stopping;
  await passes(3);
  expect(begun()).toBe(1);
});
