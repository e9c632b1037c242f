import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#testing';
import { arrayLiteral } from './array-literal.js';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed}`);

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase('array_literal', async () => undefined);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function roundTrip(values: unknown[], type: string): Promise<unknown[]> {
  const { rows } = await client.query<{ back: unknown[] }>(`SELECT $1::${type}[] AS back`, [
    arrayLiteral(values),
  ]);
  return rows[0]!.back;
}

describe('an array for PostgreSQL', () => {
  it('brings every text back as it was, also those that look like something else', async () => {
    const awkward = [
      '',
      ' ',
      'null',
      'NULL',
      '{}',
      ',',
      '"',
      '\\',
      '\\"',
      'a b',
      'ü€😀',
      '\n',
      "'",
      '{"a":"b\\n"}',
    ];
    expect(await roundTrip([...awkward, null], 'text')).toEqual([...awkward, null]);
    const text = fc.string({ unit: 'binary' }).filter((it) => !/[\0\p{Surrogate}]/u.test(it));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
        expect(await roundTrip(values, 'text')).toEqual(values);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('brings dates back to the millisecond, whatever the zone of either side', async () => {
    await client.query(`SET timezone = 'Asia/Kathmandu'`);
    const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(fc.array(date, { minLength: 1 }), async (values) => {
        const { rows } = await client.query<{ at: string }>(
          `SELECT extract(epoch FROM at) * 1000 AS at FROM unnest($1::timestamptz[]) AS v(at)`,
          [arrayLiteral(values)],
        );
        expect(rows.map(({ at }) => Number(at))).toEqual(values.map(Number));
      }),
      { seed, numRuns: 100 },
    );
  });

  it('brings numbers and booleans back', async () => {
    expect(await roundTrip([0, -1, 7], 'int')).toEqual([0, -1, 7]);
    expect(await roundTrip([2n ** 62n, -5n], 'bigint')).toEqual([String(2n ** 62n), '-5']);
    expect(await roundTrip([true, false, null], 'boolean')).toEqual([true, false, null]);
  });

  it('refuses what it does not know', () => {
    expect(() => arrayLiteral([{}])).toThrow(TypeError);
    expect(() => arrayLiteral([undefined])).toThrow(TypeError);
  });
});
