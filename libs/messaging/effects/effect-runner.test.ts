import type { DataSource } from 'typeorm';
import { SUBSCRIPTIONS } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { openDataSource, UnitOfWork } from '#persistence';
import { createTestDatabase, type TestDatabase, until } from '#testing';
import { InboxRow } from '../inbox/inbox.entity.js';
import { MessagingTables1700000000000 } from '../messaging-tables.migration.js';
import { OutboxRow } from '../outbox/outbox.entity.js';
import { Relay } from '../outbox/relay.js';
import { EmbeddedBus } from '../transport/embedded/embedded-bus.js';
import { Tx } from '../tx.js';
import type { Call, Effect, FinalOutcome, Outcome } from './effect.js';
import { EffectRow } from './effect.entity.js';
import { EffectRunner } from './effect-runner.js';

const LEASE = 60_000;

let database: TestDatabase;
let clock: FakeClock;
const processes: { runner: EffectRunner; dataSource: DataSource }[] = [];

beforeEach(async () => {
  database = await createTestDatabase('effects', async (url) => (await open(url)).destroy());
  clock = new FakeClock();
});
afterEach(async () => {
  for (const { runner, dataSource } of processes.splice(0)) {
    await runner.stop();
    await dataSource.destroy();
  }
  await database.drop();
});

function open(url: string): Promise<DataSource> {
  return openDataSource({
    url,
    schema: 'notification',
    entities: [OutboxRow, InboxRow, EffectRow],
    migrations: [MessagingTables1700000000000],
    poolSize: 3,
  });
}

/** The outside: answers when, and what, the test tells it to. */
class Outside implements Effect<{ n: number }, string> {
  readonly kind = 'outside';
  readonly askAfterMillis = [5_000, 50_000];
  readonly maxAttempts = 3;
  readonly timeoutMillis = 1_000;
  readonly calls: string[] = [];
  readonly recorded: FinalOutcome<string>[] = [];
  private answers: ((outcome: Outcome<string>) => void)[] = [];

  perform(_: { n: number }, call: Call): Promise<Outcome<string>> {
    return this.called('perform', call);
  }

  ask(_: { n: number }, call: Call): Promise<Outcome<string>> {
    return this.called('ask', call);
  }

  async record(_: { n: number }, outcome: FinalOutcome<string>): Promise<void> {
    this.recorded.push(outcome);
  }

  async answer(outcome: Outcome<string>): Promise<void> {
    await until('it is called', () => this.answers.length > 0);
    this.answers.shift()!(outcome);
  }

  private called(what: string, { reference }: Call): Promise<Outcome<string>> {
    this.calls.push(`${what} ${reference}`);
    return new Promise((resolve) => this.answers.push(resolve));
  }
}

/** One process of a service: its runner, and the door through which effects are decided. */
async function startProcess(outside: Outside, concurrency = 8) {
  const dataSource = await open(database.url);
  const relay = new Relay(dataSource, new EmbeddedBus(SUBSCRIPTIONS).transport(), clock, { packSize: 1 });
  const work: UnitOfWork<Tx> = new UnitOfWork<Tx>(
    dataSource,
    (batch, context) => new Tx(batch, context, { clock, relay, effects: runner }),
    { batchSize: 10, paceMillis: 0, lanes: 1 },
  );
  const runner: EffectRunner = new EffectRunner(dataSource, work, clock, { concurrency });
  runner.register(outside);
  processes.push({ runner, dataSource });
  const decide = async () => {
    const reference = newId();
    await work.run({ correlationId: 'c' }, async (tx) => tx.perform(outside, reference, { n: 1 }));
    return reference;
  };
  return { runner, decide };
}

const row = async (reference: string) =>
  (
    await database.rows<{ state: string; questions: number }>(
      'SELECT * FROM notification.effects WHERE reference = $1',
      [reference],
    )
  )[0]!;
const untilState = (reference: string, state: string) =>
  until(`it is ${state}`, async () => (await row(reference)).state === state);

test('an effect is performed after the commit that decided it, and its outcome is recorded once', async () => {
  const outside = new Outside();
  const { decide } = await startProcess(outside);
  const reference = await decide();
  await outside.answer({ kind: 'succeeded', value: 'yes' });
  await untilState(reference, 'done');
  expect(outside.calls).toEqual([`perform ${reference}`]);
  expect(outside.recorded).toEqual([{ kind: 'succeeded', value: 'yes' }]);
});

test('what was proven not done is tried again, until it is given up', async () => {
  const outside = new Outside();
  const { runner, decide } = await startProcess(outside);
  const reference = await decide();
  for (const wait of [2_000, 10_000]) {
    await outside.answer({ kind: 'not_done', reason: 'busy' });
    await untilState(reference, 'scheduled');
    clock.advance(wait - 1);
    await runner.sweep();
    expect((await row(reference)).state).toBe('scheduled');
    clock.advance(1);
    await runner.sweep();
  }
  await outside.answer({ kind: 'not_done', reason: 'busy' });
  await untilState(reference, 'done');
  expect(outside.recorded).toEqual([{ kind: 'failed', code: 'gave_up', reason: 'busy' }]);
  expect(outside.calls).toHaveLength(3);
});

test('what one sweep has taken, another of the same moment leaves alone: one call at a time for each effect', async () => {
  const outside = new Outside();
  const { runner, decide } = await startProcess(outside);
  for (let times = 0; times < 20; times++) {
    const reference = await decide();
    await outside.answer({ kind: 'not_done', reason: 'busy' });
    await untilState(reference, 'scheduled');
    clock.advance(2_000);
    const sweeps = [runner.sweep()];
    // The clock is set right, or the process is held up for a minute.
    while (sweeps.length < 5) {
      clock.advance(LEASE);
      sweeps.push(runner.sweep());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(sweeps);
    await outside.answer({ kind: 'succeeded', value: 'yes' });
    await untilState(reference, 'done');
    // Performed, or asked for when its lease was over before it began; never both, and not twice.
    const [first, ...others] = outside.calls.splice(0);
    expect([first, others.length]).toEqual([`perform ${reference}`, 1]);
  }
});

test('what could not begin is no attempt: it is begun again after a tenth of its age, up to a minute', async () => {
  const outside = new Outside();
  const { runner, decide } = await startProcess(outside);
  const reference = await decide();
  // Two seconds until it is 20 s old; more often than it may be tried, and never given up.
  for (const wait of [...Array<number>(10).fill(2_000), 2_000, 2_200, 2_420]) {
    await outside.answer({ kind: 'not_begun', reason: 'billing is away' });
    await untilState(reference, 'scheduled');
    clock.advance(wait - 1);
    await runner.sweep();
    expect((await row(reference)).state).toBe('scheduled');
    clock.advance(1);
    await runner.sweep();
  }
  clock.advance(3_600_000);
  await outside.answer({ kind: 'not_begun', reason: 'billing is away' });
  await untilState(reference, 'scheduled');
  clock.advance(60_000);
  await runner.sweep();
  for (const wait of [2_000, 10_000]) {
    await outside.answer({ kind: 'not_done', reason: 'busy' });
    await untilState(reference, 'scheduled');
    clock.advance(wait);
    await runner.sweep();
  }
  await outside.answer({ kind: 'succeeded', value: 'yes' });
  await untilState(reference, 'done');
  expect(outside.recorded).toEqual([{ kind: 'succeeded', value: 'yes' }]);
});

test('what is unknown is asked for at its times, and never performed on a doubt', async () => {
  const outside = new Outside();
  const { runner, decide } = await startProcess(outside);
  const reference = await decide();
  await outside.answer({ kind: 'unknown', reason: 'socket' });
  await untilState(reference, 'unknown');
  for (const [questions, wait] of [5_000, 50_000, 50_000].entries()) {
    await until('the answer is noted', async () => (await row(reference)).questions === questions);
    clock.advance(wait - 1);
    await runner.sweep();
    const before = outside.calls.length;
    clock.advance(1);
    await runner.sweep();
    await until('it is asked', () => outside.calls.length === before + 1);
    await outside.answer({ kind: 'unknown', reason: 'still' });
  }
  expect(outside.calls.slice(1)).toEqual(Array(3).fill(`ask ${reference}`));
  expect(outside.recorded).toEqual([]);
});

test('a process that died in a later attempt left an unknown outcome: the next one asks', async () => {
  const dying = new Outside();
  const first = await startProcess(dying);
  const reference = await first.decide();
  await dying.answer({ kind: 'not_done', reason: 'busy' });
  await untilState(reference, 'scheduled');
  clock.advance(2_000);
  await first.runner.sweep();
  await until('the second attempt is under way', () => dying.calls.length === 2);
  expect((await row(reference)).state).toBe('started');

  const outside = new Outside();
  const second = await startProcess(outside);
  clock.advance(LEASE);
  await second.runner.sweep();
  await outside.answer({ kind: 'succeeded', value: 'it was done' });
  await untilState(reference, 'done');
  expect(outside.calls).toEqual([`ask ${reference}`]);
  await dying.answer({ kind: 'succeeded', value: 'late' });
  expect(outside.recorded).toHaveLength(1);
});

test('what waited in a process for longer than its lease is not performed there any more', async () => {
  const slow = new Outside();
  const first = await startProcess(slow, 1);
  const [one, two] = [await first.decide(), await first.decide()];
  await until('the first is under way', () => slow.calls.length === 1);

  const outside = new Outside();
  const second = await startProcess(outside);
  clock.advance(LEASE);
  await second.runner.sweep();
  await until('both are asked for', () => outside.calls.length === 2);
  await outside.answer({ kind: 'succeeded', value: 'done' });
  await outside.answer({ kind: 'not_done', reason: 'never begun' });
  await untilState(two, 'scheduled');
  await slow.answer({ kind: 'succeeded', value: 'done' });
  await second.runner.sweep();
  await outside.answer({ kind: 'succeeded', value: 'done' });
  await untilState(two, 'done');
  expect(slow.calls).toEqual([`perform ${one}`]);
  expect(outside.calls.at(-1)).toBe(`perform ${two}`);
});
