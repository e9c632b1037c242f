import { newId } from '#kernel';
import { type ApiClient, type Json, until } from '#testing';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

/** Which key opens which route, said once more beside the code. A route that no line names is closed to keys. */
const OPENED: [RegExp, string][] = [
  [/^GET \/api\/(bills|meters)(?!\/\{id\}\/tokens)(\/|$)/, 'bills:read'],
  [/^(POST|PUT|PATCH|DELETE) \/api\/(bills|electricity|meters|quotes)(\/|$)/, 'bills:write'],
  [/^GET \/api\/payments(\/|$)/, 'payments:read'],
  [/^POST \/api\/(payments|transfers|[vV]end)(\/|$)/, 'payments:write'],
  [/^POST \/api\/wallets\/\{walletId\}\/add-funds$/, 'payments:write'],
  [/^POST \/pay$/, 'payments:write'],
  [/^GET \/api\/wallets?(\/|$)/, 'wallet:read'],
  [/^GET \/balance\//, 'wallet:read'],
  [/^\w+ \/api\/webhook-endpoints(\/|$)/, 'webhooks'],
];
const SCOPES = [...new Set(OPENED.map(([, scope]) => scope))];
const OPEN =
  /^\w+ (\/api\/auth\/(register|login|refresh|password-reset|password-reset\/confirm)|\/create|\/status|\/|\/api\/webhooks\/\S+)$/;

let world: SystemUnderTest;
let person: Person;
let routes: { name: string; method: string; path: string; hasBody: boolean }[];

beforeAll(async () => {
  world = await startOneProcess();
  person = await Person.register(world);
  const { body } = await world.api.get('/openapi.json');
  routes = Object.entries<Json>(body.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{[^}]+\}/g, newId()),
      hasBody: operation.requestBody !== undefined,
    })),
  );
}, 60_000);
afterAll(() => world.stop(), 60_000);

async function keyWith(scopes: string[]): Promise<ApiClient> {
  const { status, body } = await person.api.post('/api/api-keys', { name: 'a test', scopes });
  expect(status).toBe(201);
  return world.api.with({ authorization: `Bearer ${body.key}` });
}

test.each(SCOPES)(
  'a key with the scope %s opens its routes, and no other route of the OpenAPI',
  async (scope) => {
    const key = await keyWith([scope]);
    const wrong: string[] = [];
    let opened = 0;
    for (const { name, method, path, hasBody } of routes) {
      if (OPEN.test(name)) continue;
      const { status } = await key.call(method, path, hasBody ? {} : undefined, {
        'idempotency-key': newId(),
      });
      const mayEnter = OPENED.some(([pattern, opener]) => opener === scope && pattern.test(name));
      if (mayEnter) opened += 1;
      if (status === 401 || (status !== 403) !== mayEnter) wrong.push(`${name}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect(opened).toBeGreaterThan(0);
  },
);

test('a partner works with a key alone: bills, pays, and looks at the wallet', async () => {
  const key = await keyWith(SCOPES);
  await person.addFunds('100.00');
  const bill = await key.post('/api/bills', { amount: '40.00', dueDate: '2030-01-31' });
  expect(bill.status).toBe(201);
  const paid = await key.post(
    '/api/payments',
    { billId: bill.body.id, amount: '40.00' },
    { 'idempotency-key': newId() },
  );
  expect(paid.status).toBe(202);
  expect(await person.finished(paid)).toMatchObject({ status: 'PAID' });
  await until(
    'the wallet was charged',
    async () => (await key.get('/api/wallet')).body.balance.amount === '60.00',
  );
});
