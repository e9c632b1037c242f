import { RequestMethod } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ModulesContainer } from '@nestjs/core';
import type { Json } from '#testing';
import { startOneProcess, type SystemUnderTest } from '../e2e/system.js';
import { anOwnerOfEverything, type Owner, thingsOf, withKey } from './owner.js';
import { filled, type Route, routesOf, schemaOf } from './routes.js';

let world: SystemUnderTest;
let owner: Owner;
let document: Json;
let routes: Route[];

beforeAll(async () => {
  world = await startOneProcess({ environment: { APPROVAL_LIMIT: '10', SEED_DEMO: 'true' } });
  owner = await anOwnerOfEverything(world);
  document = (await world.api.get('/openapi.json')).body;
  routes = routesOf(document);
}, 90_000);
afterAll(() => world.stop(), 60_000);

const pathTo = (path: string) => filled(path, thingsOf(owner, path));
const isForOperators = (path: string) => /^\/(api\/(ops|audit)(\/|$)|retry\/)/.test(path);
const whoFor = (path: string) => (isForOperators(path) ? owner.operator.api : owner.person.api);

/** What would be worth writing into somebody's bill, payment, account, key or wallet. */
const COVETED = [
  'status',
  'state',
  'role',
  'owner',
  'ownerId',
  'userId',
  'payerId',
  'payeeId',
  'walletId',
  'customerId',
  'issuedBy',
  'amount',
  'balance',
  'held',
  'method',
  'paymentId',
  'claimedBy',
  'reference',
  'receiptNumber',
  'paidAt',
  'id',
  'createdAt',
  'suspendedAt',
  'passwordHash',
  'isAdmin',
  'scopes',
  'secret',
  'hash',
  'steppedUp',
  'needsApproval',
];

describe('API3 nobody writes what is not theirs to write', () => {
  test('a member that a body does not have is named and refused, on every route that takes a body', async () => {
    const taking = routes.filter(({ hasBody }) => hasBody);
    expect(taking.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const route of taking) {
      const foreign = COVETED.filter((name) => !route.members.includes(name));
      const body = Object.fromEntries(foreign.map((name) => [name, 'x']));
      const answer = await withKey(whoFor(route.path)).call(route.method, pathTo(route.path), body);
      const named = ((answer.body.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);
      const missed = foreign.filter((name) => !named.includes(`#/${name}`));
      if (answer.status !== 400 || missed.length > 0)
        wrong.push(`${route.name}: ${answer.status} ${missed.join()}`);
    }
    expect(wrong).toEqual([]);
  });

  test('an operator is never made by registering, nor by changing one’s profile', async () => {
    const person = { name: 'Eve', phone: '+2348035550123', password: 'a door in the wall', role: 'operator' };
    for (const path of ['/api/auth/register', '/create']) {
      expect((await world.api.post(path, person)).body.code).toBe('validation_failed');
    }
    expect((await owner.person.api.patch('/api/profile', { role: 'operator' })).status).toBe(400);
    expect((await owner.person.api.get('/api/profile')).body.role).toBe('household');
  });

  test('every body has a class that it is checked by: a type that is no class would let everything in', () => {
    const unchecked = Object.values(world.system!.services).flatMap(({ app }) => bodiesWithoutClass(app));
    // Forms: their members are picked one by one, and what Twilio sends is believed by its signature.
    expect(unchecked.filter((name) => !/^(AdminController|TwilioWebhookController)\./.test(name))).toEqual(
      [],
    );
    expect(unchecked.length).toBeGreaterThan(0); // so it would be noticed
  });
});

/** `Controller.method` of each route whose body has no class. */
function bodiesWithoutClass(app: NestFastifyApplication): string[] {
  const found: string[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, object>;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const method: unknown = Reflect.getMetadata('method', prototype[name] ?? {});
        if (method === undefined || method === RequestMethod.GET) continue;
        const args: Record<string, { index: number; data?: unknown }> =
          Reflect.getMetadata('__routeArguments__', metatype, name) ?? {};
        const types: unknown[] = Reflect.getMetadata('design:paramtypes', prototype, name) ?? [];
        for (const [kind, { index }] of Object.entries(args)) {
          if (kind.startsWith('3:') && [Object, Array, String, undefined].includes(types[index] as never))
            found.push(`${metatype.name}.${name}`);
        }
      }
    }
  }
  return found;
}

const LIST = ['items', 'nextCursor'];
/** Answers without a schema in the OpenAPI: the members that they have, here. */
const OTHERWISE: Record<string, string[]> = {
  '/api/audit': [
    ...[...LIST, 'seq', 'event', 'hash'],
    ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data'],
    ...['correlationid', 'causationid', 'traceparent'],
  ],
  '/api/audit/verify': ['intact', 'rows'],
  '/api/notifications': [...LIST, 'id', 'at', 'template', 'text', 'state'],
  '/api/ops/dead-letters': [...LIST, 'unreachable'],
  '/api/ops/queues': [
    ...['items', 'service', 'reachable', 'outbox', 'inbox', 'effects', 'queued', 'handled', 'perSecond'],
    ...['waiting', 'oldestSeconds', 'retry', 'dead', 'unknown', 'lagSeconds'],
  ],
  '/status': ['status', 'at', 'services', 'name', 'queues', 'service', 'waiting', 'retrying', 'dead'],
};

/** What no answer may hold, whoever asks. */
const NEVER = [
  /\$argon2/, // a hash of a password
  /\bk1\.[\w-]{20,}/, // what is sealed with a person's key
  /correct horse 42|a lamp in every window/, // passwords
  /"(password|passwordHash|password_hash|contactKey|contact_key|codeHash|codeSealed|body_hash)":(?!"(••••|\(sealed\))")/i,
  /whsec_|\bwl_[\w-]{20,}/, // shown once, when they are made
  /node_modules|\bat \w+ \(|\.js:\d+/,
];

describe('API3 answers hold what the contract names, and no secret', () => {
  async function everyAnswer(): Promise<{ route: Route; status: number; body: Json }[]> {
    const answers = [];
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const query = route.path === '/api/ops/payments' ? '?inDoubt=true' : '';
      const path = pathTo(route.path) + query;
      const apis = isForOperators(route.path) ? [owner.operator.api] : [owner.person.api, owner.operator.api];
      for (const api of apis) answers.push({ route, ...(await api.get(path)) });
    }
    return answers;
  }

  test('no GET shows a hash, a sealed value, a password or a secret, neither to the owner nor to an operator', async () => {
    const answers = await everyAnswer();
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(35);
    const { apiKey, endpoint, person } = owner;
    const own = [apiKey.key, endpoint.secret, person.session.accessToken, person.session.refreshToken];
    for (const secret of own) expect(secret.length).toBeGreaterThan(20);
    const shown = answers.flatMap(({ route, body }) => {
      const text = JSON.stringify(body);
      const found = [...NEVER.filter((it) => it.test(text)), ...own.filter((it) => text.includes(it))];
      return found.length > 0 ? [`${route.name}: ${found.join()}`] : [];
    });
    expect(shown).toEqual([]);
  });

  test('operators see phones masked, but in the list of accounts, where they look for them', async () => {
    const answers = await everyAnswer();
    const shown = answers.filter(
      ({ route, body }) => isForOperators(route.path) && JSON.stringify(body).includes(owner.person.phone),
    );
    expect([...new Set(shown.map(({ route }) => route.name))]).toEqual(['GET /api/ops/users']);
  });

  test('every member of an answer is named in the OpenAPI', async () => {
    const unknown = new Set<string>();
    const undescribed = new Set<string>();
    for (const { route, status, body } of await everyAnswer()) {
      if (status !== 200) continue;
      if (route.path === '/api/profile/export') continue; // one's own things, as their routes describe them
      const known = OTHERWISE[route.path];
      if (known)
        for (const name of membersOf(body)) if (!known.includes(name)) unknown.add(`${route.name}: ${name}`);
      if (known) continue;
      if (!route.answer) undescribed.add(route.path);
      else for (const member of unnamed(body, route.answer)) unknown.add(`${route.name}: ${member}`);
    }
    expect([...unknown]).toEqual([]);
    expect([...undescribed].sort()).toEqual([]);
  });

  /** Every name of a member, at any depth; those of an event's payload are its schema's to name. */
  function membersOf(value: Json): string[] {
    if (Array.isArray(value)) return value.flatMap(membersOf);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => [
      name,
      ...(name === 'data' ? [] : membersOf(inner)),
    ]);
  }

  function unnamed(value: Json, given: Json, at = ''): string[] {
    const schema = schemaOf(document, given);
    if (Array.isArray(value)) return value.flatMap((one) => unnamed(one, schema?.items, `${at}[]`));
    if (typeof value !== 'object' || value === null) return [];
    if (!schema?.properties) return schema?.additionalProperties ? [] : [`${at} is not described`];
    return Object.entries(value).flatMap(([name, inner]) =>
      name in schema.properties
        ? unnamed(inner, schema.properties[name], `${at}.${name}`)
        : [`${at}.${name}`],
    );
  }
});
