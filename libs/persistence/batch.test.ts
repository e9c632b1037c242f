import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import type { PoolClient } from 'pg';
import { createTestDatabase, type TestDatabase } from '#testing';
import { Batch } from './batch.js';
import { typeParsers } from './data-source.js';

@Entity('counters')
class Counter {
  @PrimaryColumn('text') id!: string;
  @Column('bigint') count!: bigint;
}

let database: TestDatabase;
let source: DataSource;
/** One connection, as a service's: what was planned on it stays planned. */
let lane: DataSource;

beforeAll(async () => {
  database = await createTestDatabase('batch_counters', async (url) => {
    const empty = await new DataSource({ type: 'postgres', url }).initialize();
    await empty.query(
      'CREATE TABLE counters (id text COLLATE "C" PRIMARY KEY, count bigint NOT NULL, wide char(900))',
    );
    await empty.destroy();
  });
  source = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [Counter],
    extra: { types: typeParsers },
  }).initialize();
  lane = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [Counter],
    extra: { types: typeParsers, max: 1, options: '-c enable_seqscan=off' },
  }).initialize();
});
afterAll(async () => {
  await lane.destroy();
  await source.destroy();
  await database.drop();
});

/** Runs works side by side in one transaction. */
const together = (...works: Work[]) => togetherOn(source, ...works);

type Work = (batch: Batch) => Promise<void>;

async function togetherOn(source: DataSource, ...works: Work[]): Promise<void> {
  const runner = source.createQueryRunner();
  const client = (await runner.connect()) as PoolClient;
  try {
    await client.query('BEGIN');
    const batch = new Batch(client, source);
    await Promise.all(works.map((work) => work(batch)));
    await batch.flush();
    await client.query('COMMIT');
  } finally {
    await client.query('ROLLBACK');
    await runner.release();
  }
}

const countOf = async (id: string) => {
  const [row] = await database.rows<{ count: string }>('SELECT count FROM counters WHERE id = $1', [id]);
  return row && Number(row.count);
};

/** Opens the counter when nobody has, and counts one. */
const openAndCount = (id: string) => async (batch: Batch) => {
  await batch.insertIfAbsent(Counter, { id, count: 0n });
  const row = await batch.load(Counter, id);
  batch.set(row!, { count: row!.count + 1n });
};

/** Counts one if the counter is there. */
const countIfThere = (id: string) => async (batch: Batch) => {
  const row = await batch.load(Counter, id);
  if (row) batch.set(row, { count: row.count + 1n });
};

test('works that touch a row for the first time together all count', async () => {
  await together(openAndCount('together'), openAndCount('together'), openAndCount('together'));
  expect(await countOf('together')).toBe(3);
});

test('a work that loads a row in the turn in which another inserts it meets that same object', async () => {
  await together(countIfThere('same turn'), openAndCount('same turn'), countIfThere('same turn'));
  expect(await countOf('same turn')).toBe(3);
});

test('a row that was missing and that another transaction has inserted meanwhile is found', async () => {
  await together(async (batch) => {
    expect(await batch.load(Counter, 'meanwhile')).toBeUndefined();
    await database.rows(`INSERT INTO counters (id, count) VALUES ('meanwhile', 10)`);
    expect(await batch.insertIfAbsent(Counter, { id: 'meanwhile', count: 0n })).toBe(false);
    const row = await batch.load(Counter, 'meanwhile');
    batch.set(row!, { count: row!.count + 1n });
  });
  expect(await countOf('meanwhile')).toBe(11);
});

test('two transactions that claim the same keys in opposite order do not wait for each other for ever', async () => {
  const ids = Array.from({ length: 50 }, (_, i) => `claimed ${i}`);
  const claimAll = (order: string[]) =>
    together(
      ...order.map((id) => async (batch: Batch) => {
        await batch.insertIfAbsent(Counter, { id, count: 1n });
      }),
    );
  await Promise.all([claimAll(ids), claimAll([...ids].reverse())]);
  expect(await countOf('claimed 49')).toBe(1);
});

test('a change whose plan was made while the table was empty does not read the whole table later', async () => {
  await database.rows('TRUNCATE counters');
  await database.rows('ANALYZE counters');
  for (let i = 0; i < 10; i++) await togetherOn(lane, openAndCount('young')); // from the sixth on the plan is kept
  await database.rows(
    `INSERT INTO counters (id, count) SELECT 'grown ' || i, 0 FROM generate_series(1, 20000) AS i`,
  );
  const before = await rowsRead();
  await togetherOn(lane, ...Array.from({ length: 20 }, (_, i) => countIfThere(`grown ${i + 1}`)));
  expect(await countOf('grown 20')).toBe(1);
  expect((await rowsRead()) - before).toBeLessThan(200);
});

async function rowsRead(): Promise<number> {
  await lane.query('SELECT pg_stat_force_next_flush()');
  const [row] = await database.rows<{ read: string }>(
    `SELECT idx_tup_read AS read FROM pg_stat_user_indexes WHERE relname = 'counters'`,
  );
  return Number(row!.read);
}
