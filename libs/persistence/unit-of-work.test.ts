import {
  Column,
  type DataSource,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
} from 'typeorm';
import { createTestDatabase, type TestDatabase } from '#testing';
import { openDataSource } from './data-source.js';
import { Transaction } from './transaction.js';
import { UnitOfWork, type UnitOfWorkOptions } from './unit-of-work.js';

@Entity('purses')
class Purse {
  @PrimaryColumn('text') id!: string;
  @Column('bigint') money!: bigint;
}

@Entity('notes')
class Note {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb', { nullable: true }) about!: object | null;
  @Column('timestamptz') at!: Date;
}

class Tables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE purses (id text PRIMARY KEY, money bigint NOT NULL CHECK (money >= 0));
      CREATE TABLE notes (id text PRIMARY KEY, about jsonb, at timestamptz NOT NULL);`);
  }
  async down(): Promise<void> {}
}

const open = (url: string, schema = 'wallet') =>
  openDataSource({ url, schema, entities: [Purse, Note], migrations: [Tables1700000000001], poolSize: 6 });

let database: TestDatabase;
let dataSource: DataSource;
let statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase('unit_of_work', async (url) => {
    for (const schema of ['wallet', 'billing']) await (await open(url, schema)).destroy();
  });
  dataSource = await open(database.url);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(async () => {
  await database.rows('TRUNCATE wallet.purses, wallet.notes');
  await database.rows("INSERT INTO wallet.purses VALUES ('a', 900), ('b', 0), ('c', 10)");
});

const context = { correlationId: 'test' };

function unitOfWork(options: Partial<UnitOfWorkOptions> = {}): UnitOfWork<Transaction> {
  statements = [];
  return new UnitOfWork(
    dataSource,
    (batch, workContext) => {
      const { client } = batch as unknown as {
        client: { query: (...args: unknown[]) => unknown; watched?: true };
      };
      watch(client);
      return new Transaction(batch, workContext);
    },
    { batchSize: 200, paceMillis: 0, lanes: 1, ...options },
  );
}

/** Notes the statements of a connection. */
function watch(client: { query: (...args: unknown[]) => unknown; watched?: true }): void {
  if (client.watched) return;
  client.watched = true;
  const query = client.query.bind(client);
  client.query = (...args: unknown[]) => {
    statements.push(typeof args[0] === 'string' ? args[0] : (args[0] as { text: string }).text);
    return query(...args);
  };
}

async function take(tx: Transaction, id: string, amount: bigint): Promise<boolean> {
  const purse = await tx.get(Purse, id);
  if (purse.money < amount) return false;
  tx.set(purse, { money: purse.money - amount });
  return true;
}

const purse = async (id: string) => {
  const [row] = await database.rows<{ money: string }>('SELECT money FROM wallet.purses WHERE id = $1', [id]);
  return Number(row!.money);
};

test('40 works that take 50 from a purse of 900 at the same time: 18 succeed, in one statement each way', async () => {
  const work = unitOfWork();
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, () => work.run(context, (tx) => take(tx, 'a', 50n))),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(18);
  expect(outcomes.slice(0, 18).every(Boolean)).toBe(true); // in the order in which they came
  expect(await purse('a')).toBe(0);
  expect(statements.filter((text) => text.startsWith('SELECT'))).toHaveLength(1);
  expect(statements.filter((text) => text.startsWith('UPDATE'))).toHaveLength(1);
});

test('a work that fails fails alone, and the works beside it are committed once', async () => {
  const work = unitOfWork();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      work.run(context, async (tx) => {
        tx.insert(Note, { id: `note ${i}`, about: { i }, at: new Date(0) });
        if (i === 7) throw new Error('not this one');
        const from = await tx.get(Purse, 'a');
        tx.set(from, { money: from.money - 1n });
      }),
    ),
  );
  expect(outcomes.map((it) => it.status).indexOf('rejected')).toBe(7);
  expect(outcomes.filter((it) => it.status === 'rejected')).toHaveLength(1);
  expect(await purse('a')).toBe(881);
  const notes = await database.rows<{ id: string; about: { i: number } }>(
    'SELECT id, about FROM wallet.notes',
  );
  expect(notes.map(({ about }) => about.i).sort((x, y) => x - y)).toEqual(
    Array.from({ length: 20 }, (_, i) => i).filter((i) => i !== 7),
  );
});

test('what the database refuses at the end hits only the work that wrote it', async () => {
  const work = unitOfWork();
  const outcomes = await Promise.allSettled([
    work.run(context, async (tx) => void tx.set(await tx.get(Purse, 'b'), { money: -1n })),
    work.run(context, (tx) => take(tx, 'a', 100n)),
  ]);
  expect(outcomes.map((it) => it.status)).toEqual(['rejected', 'fulfilled']);
  expect([await purse('a'), await purse('b')]).toEqual([800, 0]);
});

test('two units of work that lock rows in opposite order both succeed in the end', async () => {
  const [one, other] = [unitOfWork(), unitOfWork()];
  const cross = (work: UnitOfWork<Transaction>, first: string, second: string) =>
    work.run(context, async (tx) => {
      await take(tx, first, 1n);
      await take(tx, second, 1n);
    });
  for (let round = 0; round < 2; round++) await Promise.all([cross(one, 'a', 'c'), cross(other, 'c', 'a')]);
  expect([await purse('a'), await purse('c')]).toEqual([896, 6]);
});

test('a row is inserted once, whoever comes first; a row that was just inserted can be loaded and changed', async () => {
  const [one, other] = [unitOfWork(), unitOfWork()];
  const first = (work: UnitOfWork<Transaction>) =>
    work.run(context, async (tx) => {
      const inserted = await tx.insertIfAbsent(Purse, { id: 'new', money: 5n });
      const row = await tx.get(Purse, 'new');
      tx.set(row, { money: row.money + 1n });
      return inserted;
    });
  const outcomes = await Promise.all([...Array.from({ length: 10 }, () => first(one)), first(other)]);
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await purse('new')).toBe(5 + outcomes.length);
});

test('additions to a row that everybody touches are summed into one statement, and must hit a row', async () => {
  const work = unitOfWork();
  await Promise.all(
    Array.from({ length: 50 }, () => work.run(context, async (tx) => tx.add(Purse, 'b', 'money', 2n))),
  );
  expect(await purse('b')).toBe(100);
  expect(statements.filter((text) => text.includes('delta'))).toHaveLength(1);
  await expect(work.run(context, async (tx) => tx.add(Purse, 'nobody', 'money', 2n))).rejects.toThrow(
    'is missing',
  );
});

test('hooks run after the commit only, and not for a work that failed', async () => {
  const work = unitOfWork();
  const ran: number[] = [];
  await Promise.allSettled(
    [0, 1, 2].map((i) =>
      work.run(context, async (tx) => {
        tx.afterCommit(() => ran.push(i));
        if (i === 1) throw new Error('no');
      }),
    ),
  );
  expect(ran.sort()).toEqual([0, 2]);
});

test('a connection that the server ends is no failure of the next work', async () => {
  const work = unitOfWork();
  await work.run(context, (tx) => take(tx, 'a', 1n));
  await database.rows(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wattline wallet'",
  );
  await work
    .run(context, (tx) => take(tx, 'a', 1n))
    .catch(() => work.run(context, (tx) => take(tx, 'a', 1n)));
  expect(await purse('a')).toBe(898);
});

test('one service cannot read the tables of another', async () => {
  await expect(dataSource.query('SELECT * FROM billing.purses')).rejects.toMatchObject({ code: '42501' });
});

test('after a batch that took long the next one gathers: what arrives meanwhile shares a transaction', async () => {
  const sizes: number[] = [];
  const work = unitOfWork({ onBatch: (works) => sizes.push(works) });
  const slow = () => work.run(context, (tx) => tx.query('SELECT pg_sleep(0.1)'));
  await slow(); // until 0.1 s; the next batch begins at 0.2 s
  const arrivals = Array.from({ length: 5 }, async (_, i) => {
    for (let turn = 0; turn < i; turn++) await new Promise((resolve) => setImmediate(resolve));
    return work.run(context, (tx) => take(tx, 'a', 1n));
  });
  await Promise.all(arrivals);
  expect(sizes).toEqual([1, 5]);
  expect(await purse('a')).toBe(895);
});

test('a full batch does not wait, however long the last one took', async () => {
  const [full, gathering] = [unitOfWork({ batchSize: 5 }), unitOfWork()];
  const slow = (work: UnitOfWork<Transaction>) => work.run(context, (tx) => tx.query('SELECT pg_sleep(0.1)'));
  const first = slow(gathering);
  await Promise.all([first, slow(full)]); // the later one, so that its breath would end later
  const begun: string[] = [];
  const five = (name: string, work: UnitOfWork<Transaction>) =>
    Array.from({ length: 5 }, () => work.run(context, async () => void begun.push(name)));
  await Promise.all([...five('gathering', gathering), ...five('full', full)]);
  expect(begun[0]).toBe('full');
});
