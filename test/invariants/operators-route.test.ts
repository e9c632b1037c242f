import { FakeClock, newId } from '#kernel';
import { auditService } from '#audit';
import { EmbeddedBus } from '#messaging';
import { SUBSCRIPTIONS } from '#contracts';
import { CALLER_HEADER, type Role, runService, type RunningService, signCaller } from '#service-host';
import { ApiClient, type TestDatabase } from '#testing';
import { systemDatabase } from '../e2e/system.js';

const secret = 'a secret of at least thirty-two characters';
const clock = new FakeClock();
let database: TestDatabase;
let audit: RunningService;

beforeAll(async () => {
  database = await systemDatabase();
  audit = await runService(auditService, {
    environment: { DATABASE_URL: database.url, PORT: '0', INTERNAL_SECRET: secret, LOG_LEVEL: 'silent' },
    transport: new EmbeddedBus(SUBSCRIPTIONS).transport(),
    clock,
  });
});
afterAll(async () => {
  await audit.close();
  await database.drop();
});

function ask(role: Role) {
  const caller = { kind: 'user', userId: newId(), role, correlationId: newId() } as const;
  const header = signCaller(caller, secret, clock.now().getTime());
  return new ApiClient(audit.url, { [CALLER_HEADER]: header }).get('/api/ops/invariants');
}

test('an operator learns whether everything is in order, and what is not', async () => {
  const { status, body } = await ask('operator');
  expect(status).toBe(200);
  expect(body).toMatchObject({ ok: true, settled: false });
  await database.rows(`UPDATE wallet.accounts SET balance = 5 WHERE id = 'billers:NGN'`);
  clock.advance(5_000);
  const later = (await ask('operator')).body;
  expect(later.ok).toBe(false);
  expect(later.results[0]).toMatchObject({
    id: 'I1',
    holds: false,
    violations: ['NGN: the balances sum to 5', expect.stringContaining('billers:NGN')],
  });
});

test.each(['household', 'institution'] as const)('it is closed to a %s', async (role) => {
  const { status, body } = await ask(role);
  expect([status, body.code]).toEqual([403, 'forbidden']);
});

test('however many ask, it is looked at once in five seconds', async () => {
  clock.advance(5_000);
  const reports = (await Promise.all(Array.from({ length: 20 }, () => ask('operator')))).map(
    (it) => it.body.checkedAt,
  );
  expect(new Set(reports).size).toBe(1);
  clock.advance(4_999);
  expect((await ask('operator')).body.checkedAt).toBe(reports[0]);
  clock.advance(1);
  expect((await ask('operator')).body.checkedAt).not.toBe(reports[0]);
});

test('a run that failed is not remembered', async () => {
  clock.advance(5_000);
  await database.rows('ALTER TABLE wallet.holds RENAME TO elsewhere');
  expect((await ask('operator')).status).toBe(500);
  await database.rows('ALTER TABLE wallet.elsewhere RENAME TO holds');
  expect((await ask('operator')).status).toBe(200);
});
