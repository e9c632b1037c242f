import type { ApiClient } from '#testing';
import { Person } from '../e2e/person.js';
import { newOperator } from '../operators/world.js';
import { startOneProcess, type SystemUnderTest } from '../e2e/system.js';
import { anOwnerOfEverything, bodyFor, everythingOf, type Owner, thingsOf, withKey } from './owner.js';
import { filled, type Route, routesOf } from './routes.js';

let world: SystemUnderTest;
let owner: Owner;
let routes: Route[];
/** Those with an id, for everybody and for operators. */
let ofThings: Route[];
let ofOperators: Route[];

const isForOperators = ({ path }: Route) => /^\/(api\/(ops|audit)(\/|$)|retry\/)/.test(path);
const pathTo = (path: string) => filled(path, thingsOf(owner, path));

beforeAll(async () => {
  world = await startOneProcess({ environment: { APPROVAL_LIMIT: '10', SEED_DEMO: 'true' } });
  owner = await anOwnerOfEverything(world);
  routes = routesOf((await world.api.get('/openapi.json')).body);
  ofThings = routes.filter((route) => route.path.includes('{') && !isForOperators(route));
  ofOperators = routes.filter(isForOperators);
}, 90_000);
afterAll(() => world.stop(), 60_000);

/** What a list has to be asked for. */
const QUERIES: Record<string, string> = {
  '/api/meters/lookup': '?number=04123456784',
  '/api/tokens': '?meterNumber=04123456784',
};

async function outcomes(chosen: Route[], api: ApiClient): Promise<string[]> {
  const lines: string[] = [];
  for (const route of chosen) {
    const { status, body } = await withKey(api).call(route.method, pathTo(route.path), bodyFor(route));
    lines.push(`${route.name}: ${status} ${body?.code}`);
  }
  return lines;
}

async function keyOf(person: Person): Promise<ApiClient> {
  const scopes = ['bills:read', 'bills:write', 'payments:read', 'payments:write', 'wallet:read', 'webhooks'];
  const { body } = await person.api.post('/api/api-keys', { name: 'a stranger', scopes });
  return world.api.with({ authorization: `Bearer ${body.key}` });
}

describe('API1 what is another’s does not exist', () => {
  test('every route with an id is tried with a thing that is really there', async () => {
    expect(ofThings.length).toBeGreaterThan(15);
    for (const route of ofThings) {
      expect(() => [pathTo(route.path), bodyFor(route)]).not.toThrow();
      if (route.method !== 'GET') continue;
      const { status } = await owner.person.api.get(pathTo(route.path));
      expect([route.name, status]).toEqual([route.name, 200]);
    }
  });

  test('a route that nobody has said anything about fails these tests', () => {
    expect(() => pathTo('/api/secrets/{id}')).toThrow('nothing is said about {id}');
  });

  test.each([
    ['a household', async () => (await Person.register(world, 'A Stranger')).api],
    ['an API key with all scopes', async () => keyOf(await Person.register(world, 'Another Stranger'))],
  ])('%s finds nothing on any route, and changes nothing', async (_who, stranger) => {
    const api = await stranger();
    const before = await everythingOf(owner, routes, pathTo);
    const lines = await outcomes(ofThings, api);
    // Where keys may not go at all they are told so, about their own things too.
    const isRight = (line: string) =>
      /: 404 not_found$/.test(line) ||
      (/api-keys|api\/(tokens|vouchers)|meters\/\{id\}\/tokens/.test(line) &&
        /: 403 forbidden$/.test(line) &&
        _who !== 'a household');
    expect(lines.filter((line) => !isRight(line))).toEqual([]);
    expect(await everythingOf(owner, routes, pathTo)).toEqual(before);
  });

  test('no list of a stranger holds anything of the owner', async () => {
    const stranger = await Person.register(world, 'A Reader');
    const { person, openBill, paidBill, payment, endpoint, delivery, apiKey, savedMeter, token } = owner;
    const { voucherBatch, redemption } = owner;
    const things = [person, openBill, paidBill, payment, endpoint, delivery, apiKey, savedMeter, token];
    things.push(voucherBatch, redemption);
    const ids = things.map(({ id }) => id as string);
    const lists = routes.filter(
      (route) => route.method === 'GET' && !route.path.includes('{') && !isForOperators(route),
    );
    expect(lists.length).toBeGreaterThan(8);
    for (const { path } of lists) {
      const query = QUERIES[path] ?? '';
      const own = JSON.stringify((await person.api.get(path + query)).body);
      const { status, body } = await stranger.api.get(path + query);
      const found = ids.filter((id) => JSON.stringify(body).includes(id));
      expect([path, status, found]).toEqual([path, 200, []]);
      if (path === '/api/payments') expect(own).toContain(payment.id);
    }
  });

  test('an owner cannot be written into a filter', async () => {
    const stranger = await Person.register(world, 'A Filterer');
    for (const query of [
      `customerId=${owner.person.id}`,
      `userId=${owner.person.id}`,
      `payerId=${owner.person.id}`,
    ]) {
      for (const path of ['/api/bills', '/api/payments', '/api/notifications', '/api/webhook-endpoints']) {
        const { body } = await stranger.api.get(`${path}?${query}`);
        expect([path, query, JSON.stringify(body).includes(owner.openBill.id)]).toEqual([path, query, false]);
        expect(body.items ?? []).toEqual([]);
      }
    }
  });
});

describe('API5 what operators do, nobody else does', () => {
  test('each of these routes says that it needs a role', () => {
    expect(ofOperators.length).toBeGreaterThan(15);
    expect(ofOperators.filter(({ hasRoles }) => !hasRoles).map(({ name }) => name)).toEqual([]);
  });

  test.each([
    ['a household', async () => owner.person.api],
    [
      'an institution',
      async () => {
        const { body } = await world.api.post('/api/auth/register', {
          name: 'A School',
          phone: '+2348035550199',
          password: 'a bell at eight',
          role: 'institution',
          institutionName: 'Bright School',
        });
        return world.api.with({ authorization: `Bearer ${body.accessToken}` });
      },
    ],
    ['an API key with all scopes', () => keyOf(owner.person)],
  ])('%s is refused on all of them, about their own payment too, and nothing changes', async (_who, who) => {
    const before = await everythingOf(owner, routes, pathTo);
    const lines = await outcomes(ofOperators, await who());
    expect(lines.filter((line) => !line.endsWith(': 403 forbidden'))).toEqual([]);
    expect(await everythingOf(owner, routes, pathTo)).toEqual(before);
  });

  test('an operator reads them all', async () => {
    for (const { name, path } of ofOperators.filter(({ method }) => method === 'GET')) {
      const query = path === '/api/ops/payments' ? '?inDoubt=true' : '';
      expect([name, (await owner.operator.api.get(pathTo(path) + query)).status]).toEqual([name, 200]);
    }
  });
});

describe('ASVS 2.3.5 what is worth most takes two persons', () => {
  test('who asked for a refund above the limit does not approve it; a second operator does', async () => {
    const path = `/api/ops/approvals/${owner.action.id}/approve`;
    const alone = await owner.operator.api.post(path);
    expect([alone.status, alone.body.code]).toEqual([403, 'second_person_required']);
    const second = await newOperator(world, 'Emeka Eze');
    expect((await second.api.post(path)).status).toBeLessThan(300);
  });
});
