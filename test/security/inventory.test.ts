import { newId } from '#kernel';
import type { Json } from '#testing';
import { Person } from '../e2e/person.js';
import { newOperator } from '../operators/world.js';
import { startOneProcess, type SystemUnderTest } from '../e2e/system.js';
import { type Route, routesOf } from './routes.js';

let world: SystemUnderTest;
let person: Person;
let document: Json;
let routes: Route[];

beforeAll(async () => {
  world = await startOneProcess();
  person = await Person.register(world);
  document = (await world.api.get('/openapi.json')).body;
  routes = routesOf(document);
}, 60_000);
afterAll(() => world.stop(), 60_000);

/** What is answered but is no part of the REST API, and why. */
const BESIDE: [RegExp, string][] = [
  [/^GET \/$/, 'a page'],
  [/^GET \/docs(\/|$)/, 'Swagger UI, for the document itself'],
  [/^GET \/(openapi\.json|metrics|health\/(live|ready))$/, 'for machines that watch over the process'],
  [/^(GET|POST) \/admin\//, 'the page of operators, with forms'],
  [/^\w+ \/internal\//, 'between the services, behind their signature'],
  [/^\w+ \/api\/Vend\/\{\}\/pay$/, 'another writing of /api/vend'],
];

/** Every `METHOD /path/{}` that a server has, read from its router. */
function served(tree: string): string[] {
  const prefixes: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', text = '', methods = ''] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (!text) return [];
    const depth = Math.round(indent.length / 4);
    prefixes.length = depth - 1;
    prefixes[depth - 1] = text.replace(/\|:\w+/, '');
    const path = prefixes.join('');
    return methods
      .split(', ')
      .filter((method) => method && method !== 'HEAD')
      .map((method) => `${method} ${path.replaceAll('//', '/').replaceAll(/:\w+/g, '{}')}`);
  });
}

const nameless = ({ method, path }: Route) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`;

describe('API9 one OpenAPI is the inventory of all routes', () => {
  test('every route that a service answers is in the document', () => {
    const documented = routes.map(nameless);
    const undocumented: string[] = [];
    const used = new Set<RegExp>();
    for (const { name, app } of Object.values(world.system!.services)) {
      const all = served(app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
      expect(all.length).toBeGreaterThan(8);
      // What the gateway forwards is its owner's to name; the star of a forwarded folder is no route by itself.
      const own = name === 'gateway' ? all.filter((it) => !isForwarded(it, documented)) : all;
      for (const route of own) {
        const beside = BESIDE.find(([pattern]) => pattern.test(route));
        if (beside) used.add(beside[0]);
        else if (!documented.includes(route)) undocumented.push(`${name}: ${route}`);
      }
    }
    expect(undocumented).toEqual([]);
    expect(BESIDE.filter(([pattern]) => !used.has(pattern)).map(([, why]) => why)).toEqual([]);
  });

  /** The gateway takes every method of a forwarded path; the owner answers 404 to those that it does not know. */
  function isForwarded(route: string, documented: string[]): boolean {
    const [, path = ''] = route.split(' ');
    const isFolder =
      path.endsWith('*') && documented.some((it) => it.split(' ')[1]!.startsWith(path.slice(0, -1)));
    const isAlone = ['/*', '/api/audit/*', '/api/notifications/*'].includes(path);
    return isFolder || isAlone || documented.some((it) => it.split(' ')[1] === path);
  }

  test('every route in the document is answered by somebody', async () => {
    const operator = await newOperator(world, 'Ngozi Adeyemi');
    const unanswered: string[] = [];
    for (const { name, method, path, hasBody } of routes) {
      if (/logout|profile\/delete/.test(path)) continue; // they end the session that asks; other tests use them
      const url = path.replaceAll(/\{\w+\}/g, newId());
      const api = /^\/api\/(ops|audit)|^\/retry/.test(path) ? operator.api : person.api;
      const { status, body } = await api.call(method, url, hasBody ? {} : undefined, {
        'idempotency-key': newId(),
      });
      const isNowhere = status === 404 && !path.includes('{');
      if (isNowhere || status === 405 || (typeof body === 'string' && body.includes('Cannot ')))
        unanswered.push(name);
    }
    expect(unanswered).toEqual([]);
  });

  test('what is not in the document is closed: no method that a route does not name, no internal route', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const documented = new Set(routes.map(nameless));
    const open: string[] = [];
    for (const path of new Set(routes.map((route) => route.path))) {
      for (const method of methods) {
        if (documented.has(`${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)) continue;
        const { status } = await person.api.call(method, path.replaceAll(/\{\w+\}/g, newId()), undefined);
        // `lookup` is an id like any other to a route with an id in its place.
        if (path === '/api/meters/lookup' && documented.has(`${method} /api/meters/{}`)) continue;
        if (![403, 404].includes(status)) open.push(`${method} ${path}: ${status}`);
      }
    }
    expect(open).toEqual([]);
  });

  test('every operation names how it may be refused, and says whether it needs a sign-in', () => {
    const openOnes = routes.filter(({ isOpen }) => isOpen).map(({ name }) => name);
    expect(openOnes.sort()).toEqual([
      'GET /status',
      'POST /api/auth/login',
      'POST /api/auth/password-reset',
      'POST /api/auth/password-reset/confirm',
      'POST /api/auth/refresh',
      'POST /api/auth/register',
      'POST /api/webhooks/twilio',
      'POST /create',
    ]);
    for (const [path, operations] of Object.entries<Json>(document.paths)) {
      for (const operation of Object.values<Json>(operations)) {
        expect([path, Object.keys(operation.responses)]).toEqual([
          path,
          expect.arrayContaining(['429', '503']),
        ]);
      }
    }
  });
});

describe('API8 an error tells nothing of the inside', () => {
  test('a table that is gone is a 500 with a code, a trace to look for, and no word of SQL or source', async () => {
    await world.database.rows('ALTER TABLE notification.messages RENAME TO messages_away');
    try {
      const { status, body, headers } = await person.api.get('/api/notifications');
      expect([status, body.code]).toEqual([500, 'internal_error']);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(Object.keys(body).sort()).toEqual(['code', 'instance', 'status', 'title', 'traceId', 'type']);
      expect(JSON.stringify(body)).not.toMatch(/messages|relation|SELECT|\.ts|\.js|node_modules|Error/);
    } finally {
      await world.database.rows('ALTER TABLE notification.messages_away RENAME TO messages');
    }
    expect((await person.api.get('/api/notifications')).status).toBe(200);
  });

  test('whatever a path, a query or a header holds, no answer is a 500 or shows a stack', async () => {
    const odd = [
      "' OR 1=1 --",
      '../../etc/passwd',
      '%00',
      '\u{1F4A1}',
      '[object Object]',
      'a'.repeat(2_000),
      '-1',
    ];
    const wrong: string[] = [];
    for (const { name, method, path, hasBody } of routes.filter(
      (route) => !/logout|delete/.test(route.path),
    )) {
      for (const text of odd) {
        const url = path.replaceAll(/\{\w+\}/g, encodeURIComponent(text));
        const query = `?limit=${encodeURIComponent(text)}&cursor=${encodeURIComponent(text)}`;
        const { status, body } = await person.api.call(method, url + query, hasBody ? {} : undefined, {
          'idempotency-key': 'x'.repeat(300),
          'x-correlation-id': '<script>',
          traceparent: 'nonsense',
        });
        if (status >= 500 || /node_modules|\bat \w+ \(/.test(JSON.stringify(body)))
          wrong.push(`${name}: ${status} ${text.slice(0, 20)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 30_000);
});

describe('API4 nobody takes more than is sensible', () => {
  test('no list gives more than a hundred at once, and whoever asks for more is told', async () => {
    const lists = routes.filter(({ query }) => query.includes('limit'));
    expect(lists.length).toBeGreaterThan(8);
    const operator = await newOperator(world, 'Emeka Eze');
    const endpoint = await person.api.post('/api/webhook-endpoints', {
      url: 'http://127.0.0.1:65000/hook',
      events: ['payment.completed'],
    });
    for (const { name, path } of lists) {
      const api = /^\/api\/(ops|audit)/.test(path) ? operator.api : person.api;
      const url = path.replace('{walletId}', person.id).replace('{id}', String(endpoint.body.id));
      for (const limit of ['101', '0', '-1', '1e9', 'x', '']) {
        const { status } = await api.get(
          `${url}?limit=${limit}${path === '/api/ops/payments' ? '&inDoubt=true' : ''}`,
        );
        expect([name, limit, status]).toEqual([name, limit, 400]);
      }
    }
  });

  test('a body above 64 KiB is refused on every route, before anything looks at it', async () => {
    const operator = await newOperator(world, 'Bola Ade');
    const body = `{"name":"${'x'.repeat(70_000)}"}`;
    for (const { name, method, path } of routes.filter(({ hasBody }) => hasBody)) {
      const api = /^\/api\/(ops|audit)/.test(path) ? operator.api : person.api;
      const { status, body: problem } = await api.call(method, path.replaceAll(/\{\w+\}/g, newId()), body);
      expect([name, status, problem.code]).toEqual([name, 413, 'payload_too_large']);
    }
  });
});
