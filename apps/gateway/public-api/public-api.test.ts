import type { OpenAPIObject } from '@nestjs/swagger';
import { FakeClock } from '#kernel';
import { ApiClient, startTestService, type TestService } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, type PlayedService, playService } from '../testing/outside.js';
import { mergeOpenApi } from './merge-openapi.js';

const document = (paths: object, schemas: object = {}): OpenAPIObject => ({
  openapi: '3.0.0',
  info: { title: 'x', version: '1' },
  paths: paths as OpenAPIObject['paths'],
  components: { schemas: schemas as never },
});
const using = (name: string) => ({
  get: {
    responses: {
      200: { description: '', content: { a: { schema: { $ref: `#/components/schemas/${name}` } } } },
    },
  },
});

describe('one document of several', () => {
  const merge = (...parts: [string, OpenAPIObject][]) =>
    mergeOpenApi(
      { openapi: '3.0.0', info: { title: 'Wattline', version: '1' } },
      parts.map(([service, it]) => ({ service, document: it })),
    );

  test('has the paths of all, but not what is internal', () => {
    const merged = merge(
      ['billing', document({ '/api/bills': {}, '/internal/claims': {}, '/health/live': {}, '/metrics': {} })],
      ['wallet', document({ '/api/wallet': {}, '/openapi.json': {} })],
    );
    expect(Object.keys(merged.paths)).toEqual(['/api/bills', '/api/wallet']);
  });

  test('keeps two schemas of one name apart, and every reference with its own', () => {
    const merged = merge(
      ['billing', document({ '/api/bills': using('Page') }, { Page: { type: 'object' } })],
      [
        'wallet',
        document(
          { '/api/wallet': using('Page') },
          { Page: { type: 'array', items: { $ref: '#/components/schemas/Page' } } },
        ),
      ],
    );
    expect(Object.keys(merged.components!.schemas!)).toEqual(['Page', 'WalletPage']);
    expect(JSON.stringify(merged.paths['/api/bills'])).toContain('#/components/schemas/Page"');
    expect(JSON.stringify(merged.paths['/api/wallet'])).toContain('#/components/schemas/WalletPage"');
    expect(JSON.stringify(merged.components!.schemas!.WalletPage)).toContain(
      '#/components/schemas/WalletPage"',
    );
  });

  test('has what two services share once', () => {
    const money = { Money: { type: 'object' } };
    const merged = merge(['billing', document({}, money)], ['wallet', document({}, money)]);
    expect(Object.keys(merged.components!.schemas!)).toEqual(['Money']);
  });
});

describe('the gateway', () => {
  const names = ['billing', 'wallet', 'payment', 'notification', 'audit'] as const;
  const played = {} as Record<(typeof names)[number], PlayedService>;
  let gateway: TestService<GatewaySettings>;
  let api: ApiClient;

  beforeAll(async () => {
    for (const name of names) {
      played[name] = await playService();
      played[name].answer({
        body: document({ [`/api/${name}`]: using('X'), [`/internal/${name}`]: {} }, { X: { title: name } }),
      });
    }
    gateway = await startTestService(gatewayService, {
      environment: { ...(await gatewayEnvironment(played)), SIM_URL: 'http://phones.example.org' },
      clock: new FakeClock(),
    });
    api = new ApiClient(gateway.running.url);
  });
  afterAll(async () => {
    await gateway.stop();
    for (const name of names) await played[name].close();
  });

  test('shows one OpenAPI of the whole system, and asks the services for it once', async () => {
    await Promise.all([api.get('/openapi.json'), api.get('/openapi.json')]);
    const { body, headers } = await api.get('/openapi.json');
    expect(headers.get('content-type')).toContain('application/json');
    const paths = Object.keys(body.paths);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/api/auth/register',
        '/api/profile',
        '/pay',
        ...names.map((it) => `/api/${it}`),
      ]),
    );
    expect(paths.filter((path) => /internal|health|metrics/.test(path))).toEqual([]);
    for (const name of names) expect(played[name].received).toHaveLength(1);
    expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('documents every member of what it takes and gives', async () => {
    const { schemas } = (await api.get('/openapi.json')).body.components;
    const members = (name: string) => Object.keys(schemas[name].properties).sort();
    expect(members('RegisterBody')).toEqual([
      'email',
      'institutionName',
      'language',
      'name',
      'password',
      'phone',
      'role',
    ]);
    expect(members('SignedInAnswer')).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'user', 'wallet']);
    expect(members('ProfileBody')).toEqual(['email', 'language', 'name', 'notifications', 'smsOptedOut']);
    expect(members('PayBody')).toEqual(['amount', 'note', 'requestReference', 'toUserId']);
    expect(schemas.RegisterBody.required.sort()).toEqual(['name', 'password', 'phone']);
  });

  test('serves the docs with everything they need, from here', async () => {
    const page = await api.get('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    const assets = [...(page.body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const url = new URL(asset, `${api.url}/docs`);
      expect(url.origin).toBe(api.url);
      expect([asset, (await api.get(url.pathname)).status]).toEqual([asset, 200]);
    }
    expect(page.body).not.toMatch(/<script>(?!\s*<)/); // the content security policy would not run it
    const init = await api.get('/docs/swagger-ui-init.js');
    expect(init.body).toContain('/api/auth/register');
    expect(init.body).toContain('/api/billing');
  });

  test('has a page at its root that needs nothing from elsewhere, with the phones of the demo', async () => {
    const { status, body, headers } = await api.get('/');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const links = [...(body as string).matchAll(/href="([^"]+)"/g)]
      .map(([, url]) => url!)
      .filter((url) => !url.startsWith('data:'));
    expect(links).toEqual(['/docs', 'http://phones.example.org', '/health/ready', '/status']);
    expect(body).not.toMatch(/<script|src=|@import|url\(/);
  });
});

test('while a service is away the document is told without it, and asked for again later', async () => {
  const gateway = await startTestService(gatewayService, { environment: await gatewayEnvironment() });
  try {
    const { status, body } = await new ApiClient(gateway.running.url).get('/openapi.json');
    expect(status).toBe(200);
    expect(Object.keys(body.paths)).toContain('/api/auth/login');
  } finally {
    await gateway.stop();
  }
});
