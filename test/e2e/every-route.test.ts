import { createOperator } from '#gateway';
import { newId, unwrap } from '#kernel';
import { type ApiClient, type Json } from '#testing';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

/** What holds for every route is tested on every route of the OpenAPI document, so that a new one is not forgotten. */
interface Route {
  method: string;
  path: string;
  hasBody: boolean;
  needsSignIn: boolean;
}

let world: SystemUnderTest;
let routes: Route[];
let person: Person;
let operator: ApiClient;

beforeAll(async () => {
  world = await startOneProcess();
  person = await Person.register(world);
  operator = await signInOperator();
  const { body } = await world.api.get('/openapi.json');
  routes = routesOf(body);
}, 60_000);
afterAll(() => world.stop(), 60_000);

async function signInOperator(): Promise<ApiClient> {
  const account = { name: 'Ngozi', phone: '+2349091234567', password: 'a lamp in every window' };
  unwrap(await createOperator(world.system!.services.gateway as never, account));
  const { body } = await world.api.post('/api/auth/login', {
    phone: account.phone,
    password: account.password,
  });
  return world.api.with({ authorization: `Bearer ${body.accessToken}` });
}

/** Whose routes these are: an operator's own are tried by an operator, who gets past the question of the role. */
const whoseApi = (path: string) => (OPERATORS.test(path) ? operator : person.api);
const OPERATORS = /^\/(api\/(ops|audit)|retry\/)/;

const OPEN = [
  '/api/auth/register',
  '/api/auth/login',
  '/api/auth/refresh',
  '/api/auth/password-reset',
  '/api/auth/password-reset/confirm',
  '/create',
  '/status',
  '/',
];
const WEBHOOKS = '/api/webhooks/';

function routesOf(document: Json): Route[] {
  const found: Route[] = [];
  for (const [path, operations] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(operations)) {
      found.push({
        method: method.toUpperCase(),
        path,
        hasBody: operation.requestBody !== undefined,
        needsSignIn: !OPEN.includes(path) && !path.startsWith(WEBHOOKS),
      });
    }
  }
  return found;
}

/** Every route that `which` picks, called, with its answer written on one line. */
async function answers(
  which: (route: Route) => boolean,
  call: (route: Route) => Promise<Json>,
): Promise<string[]> {
  const chosen = routes.filter(which);
  expect(chosen.length).toBeGreaterThan(0);
  const lines: string[] = [];
  for (const route of chosen) {
    const { status, body, headers } = await call(route);
    const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    lines.push(`${route.method} ${route.path}: ${status} ${isProblem ? body.code : 'no problem+json'}`);
  }
  return lines;
}

const filled = (path: string, id: string) => path.replaceAll(/\{[^}]+\}/g, id);
const key = () => ({ 'idempotency-key': newId() });

test('there are the routes of the contract', () => {
  const known = routes.map(({ method, path }) => `${method} ${path}`);
  for (const route of [
    'POST /api/auth/register',
    'POST /api/auth/logout',
    'GET /api/profile',
    'GET /api/wallet',
    'GET /api/wallets/{walletId}/entries',
    'POST /api/wallets/{walletId}/add-funds',
    'POST /api/transfers',
    'POST /api/bills',
    'PATCH /api/bills/{id}',
    'POST /api/electricity/verify',
    'POST /api/quotes',
    'GET /api/meters/lookup',
    'PATCH /api/meters/{id}',
    'POST /api/meters/{id}/readings',
    'GET /api/meters/{id}/balance',
    'GET /api/meters/{id}/consumption',
    'PUT /api/meters/{id}/alerts',
    'PUT /api/ops/meters/{number}',
    'PUT /api/ops/tariffs/{id}/versions/{validFrom}',
    'POST /api/vend/{billId}/pay',
    'POST /api/vouchers',
    'GET /api/vouchers',
    'POST /api/vouchers/redeem',
    'POST /api/payments',
    'GET /api/payments/{id}/receipt',
    'GET /api/ops/queues',
    'POST /api/ops/dead-letters/{id}/retry',
    'POST /api/ops/dead-letters/{id}/discard',
    'POST /api/ops/payments/{id}/refund',
    'POST /api/ops/wallets/{id}/adjust',
    'POST /api/ops/approvals/{id}/approve',
    'POST /api/ops/users/{id}/suspend',
    'POST /retry/{jobId}',
    'GET /api/ops/invariants',
    'GET /api/audit/verify',
    'POST /pay',
    'GET /status',
  ]) {
    expect(known).toContain(route);
  }
});

test('without a sign-in, or with a dead token, every route but the open ones answers 401', async () => {
  const tokens: ApiClient[] = [
    world.api,
    world.api.with({ authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }),
    world.api.with({ authorization: `Bearer ${person.session.accessToken.slice(0, -4)}AAAA` }),
  ];
  for (const api of tokens) {
    const lines = await answers(
      (route) => route.needsSignIn,
      ({ method, path, hasBody }) => api.call(method, filled(path, newId()), hasBody ? {} : undefined, key()),
    );
    expect(lines.filter((line) => !line.endsWith(': 401 unauthorized'))).toEqual([]);
  }
});

test('bad JSON is a problem on every route that takes a body', async () => {
  const lines = await answers(
    (route) => route.hasBody && !route.path.startsWith(WEBHOOKS),
    ({ method, path }) => whoseApi(path).call(method, filled(path, person.id), '{"amount":', key()),
  );
  expect(lines.filter((line) => !line.endsWith(': 400 validation_failed'))).toEqual([]);
});

test('a member that is not in the contract is refused on every route that takes a body', async () => {
  const lines = await answers(
    (route) => route.hasBody && !route.path.startsWith(WEBHOOKS),
    ({ method, path }) =>
      whoseApi(path).call(method, filled(path, person.id), { role: 'operator', isAdmin: true }, key()),
  );
  expect(lines.filter((line) => !line.endsWith(': 400 validation_failed'))).toEqual([]);
});

test('ids that are unknown, or none, are a 404 on every route that names one', async () => {
  for (const id of [newId(), 'nonsense', '%27%3B--']) {
    const lines = await answers(
      (route) => route.path.includes('{') && !route.hasBody && route.needsSignIn,
      ({ method, path }) => whoseApi(path).call(method, filled(path, id), undefined, key()),
    );
    expect(lines.filter((line) => !/: 404 \w+$/.test(line))).toEqual([]);
  }
});

test("another person's things do not exist, on any route, and stay as they are", async () => {
  await person.addFunds('50.00');
  const bill = await person.createBill('10.00');
  const payment = await person.finished(await person.post('/api/payments', { billId: bill.id, amount: 10 }));
  const open = await person.createBill('15.00');
  const stranger = await Person.register(world, 'A Stranger');
  const bodies: Record<string, object> = {
    'PATCH /api/bills/{id}': { amount: '1.00' },
    'PATCH /api/meters/{id}': { name: 'Mine' },
    'POST /api/meters/{id}/readings': { creditKwh: '1' },
    'PUT /api/meters/{id}/alerts': { lowBalanceKwh: '1' },
    'POST /api/ops/wallets/{id}/adjust': { amount: '1.00', reason: 'why not' },
    'POST /api/ops/payments/{id}/refund': { reason: 'why not' },
    'POST /api/wallets/{walletId}/add-funds': { amount: '1.00' },
    'POST /api/vouchers/{id}/void': { reason: 'why not' },
    'POST /api/vend/{billId}/pay': { amount: '15.00' },
    'POST /api/Vend/{billId}/pay': { amount: '15.00' },
  };
  const tariff = {
    name: 'All',
    utility: 'Ours',
    customerClass: 'all',
    currency: 'NGN',
    timeZone: 'Africa/Lagos',
  };
  await operator.put('/api/ops/tariffs/all', tariff);
  const registered = { holderName: 'Amina Bello', area: 'Ikeja', tariffId: 'all' };
  await operator.put('/api/ops/meters/04123456784', registered);
  const { body: meter } = await person.api.post('/api/meters', { number: '04123456784' });
  const theirs = (path: string) =>
    path.includes('/api/meters/')
      ? meter.id
      : path.includes('/payments/')
        ? payment.id
        : /wallet|balance/.test(path)
          ? person.id
          : open.id;
  const lines = await answers(
    (route) => route.path.includes('{') && route.needsSignIn,
    ({ method, path }) =>
      stranger.api.call(method, filled(path, theirs(path)), bodies[`${method} ${path}`], key()),
  );
  expect(lines.filter((line) => !/: (404 not_found|403 forbidden)$/.test(line))).toEqual([]);
  expect((await person.api.get(`/api/bills/${open.id}`)).body).toMatchObject({
    status: 'unpaid',
    amount: { amount: '15.00' },
  });
  expect(await person.balance()).toBe('40.00');
});

test('the routes of operators are closed to everybody else', async () => {
  const lines = await answers(
    (route) => OPERATORS.test(route.path),
    ({ method, path }) => person.api.call(method, filled(path, newId()), undefined, key()),
  );
  expect(lines.filter((line) => !line.endsWith(': 403 forbidden'))).toEqual([]);
});

test('what is no route is a problem too, and internal routes are not to be reached', async () => {
  for (const path of [
    '/api/nothing',
    '/internal/ops/queue',
    '/internal/users/find',
    '/api/../internal/ops/queue',
  ]) {
    const { status, body } = await person.api.get(path);
    expect([path, [401, 403, 404].includes(status), typeof body.code]).toEqual([path, true, 'string']);
  }
});

test('the OpenAPI document is the committed one', async () => {
  const { body } = await world.api.get('/openapi.json');
  expect({ ...body, servers: undefined }).toMatchSnapshot();
});
