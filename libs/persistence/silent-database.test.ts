import { type DataSource } from 'typeorm';
import { openDataSource, Transaction, UnitOfWork } from '#persistence';
import { createTestDatabase, type TestDatabase } from '#testing';
import { TcpProxy } from '../../test/procs/tcp-proxy.js';

let database: TestDatabase;
let way: TcpProxy;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase('silent', () => Promise.resolve());
  way = await TcpProxy.to(Number(new URL(database.url).port));
  const url = Object.assign(new URL(database.url), { port: String(way.port) }).toString();
  dataSource = await openDataSource({ url, schema: 'audit', entities: [], migrations: [], poolSize: 3 });
});
afterAll(async () => {
  await dataSource.destroy();
  await way.close();
  await database.drop();
});

test('a connection that says nothing any more holds up its work for some seconds, not for a quarter of an hour', async () => {
  const work = new UnitOfWork(dataSource, (batch, context) => new Transaction(batch, context), {
    batchSize: 1,
    paceMillis: 0,
    lanes: 1,
  });
  const run = () => work.run({ correlationId: 'test' }, (tx) => tx.query<{ one: number }>('SELECT 1 AS one'));
  expect(await run()).toEqual([{ one: 1 }]);
  way.halfOpen();
  const started = performance.now();
  expect(await run()).toEqual([{ one: 1 }]);
  expect(performance.now() - started).toBeLessThan(15_000);
  way.endSilent();
}, 40_000);
