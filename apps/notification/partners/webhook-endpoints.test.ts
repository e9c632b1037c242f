import { BillCreated, UserRegistered } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { seal } from '#service-host';
import { type ApiClient, type Json, startTestService, type TestService, until } from '#testing';
import { notificationService, type NotificationSettings } from '../index.js';
import { PurgeDeliveries } from './purge-deliveries.js';

const CONTACT_SECRET = 'a secret for contacts in these tests';
const HOUR = 3_600_000;
/** Nobody listens there: what is sent is tried again later. */
const URL_OF_NOBODY = 'http://127.0.0.1:65535/hook';

let clock: FakeClock;
let service: TestService<NotificationSettings>;

beforeAll(async () => {
  clock = new FakeClock();
  service = await startTestService(notificationService, {
    clock,
    environment: {
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'a token',
      TWILIO_FROM: '+15005550006',
      TWILIO_API_BASE_URL: 'http://127.0.0.1:1',
      CONTACT_SECRET,
    },
  });
});
afterAll(() => service.stop());

interface Owner {
  id: string;
  /** Signed anew each time: the signature of a caller is of use for five minutes. */
  readonly api: ApiClient;
}

async function newOwner(): Promise<Owner> {
  const id = newId();
  const sealedContact = seal('{"name":"Acme","phone":"+2348012345678"}', CONTACT_SECRET, 'contact');
  await service.publish(UserRegistered, id, {
    userId: id,
    role: 'institution',
    language: 'en',
    sealedContact,
  });
  return {
    id,
    get api() {
      return service.as(id, 'institution');
    },
  };
}

async function register({ api }: Owner): Promise<Json> {
  const { status, body } = await api.post('/api/webhook-endpoints', { url: URL_OF_NOBODY, events: ['*'] });
  expect(status).toBe(201);
  return body;
}

const bill = (customerId: string) =>
  service.publish(BillCreated, newId(), {
    billId: newId(),
    number: 'B-1',
    kind: 'bill',
    customerId,
    amount: { amount: '50.00', currency: 'NGN' },
    dueDate: '2030-01-31',
  });
const deliveries = async ({ api }: Owner, endpoint: Json): Promise<Json[]> =>
  (await api.get(`/api/webhook-endpoints/${endpoint.id}/deliveries`)).body.items;
const untilTried = (owner: Owner, endpoint: Json) =>
  until('all were tried', async () =>
    (await deliveries(owner, endpoint)).every(({ state, attempts }) => state === 'pending' && attempts > 0),
  );
const stateOf = async (owner: Owner, endpoint: Json): Promise<Json> =>
  (await owner.api.get(`/api/webhook-endpoints/${endpoint.id}`)).body;

test('the secret is shown once and rests sealed; an endpoint has no other way to read it', async () => {
  const owner = await newOwner();
  const { secret, ...endpoint } = await register(owner);
  expect(await stateOf(owner, endpoint)).toEqual(endpoint);
  const list = await owner.api.get('/api/webhook-endpoints');
  expect(list.body).toEqual({ items: [endpoint], nextCursor: null });
  const rows = await service.database.rows('SELECT * FROM notification.webhook_endpoints');
  expect(JSON.stringify(rows)).not.toContain(secret.slice(6));
});

test.each<[object, string]>([
  [{ url: 'http://10.0.0.1/', events: ['*'] }, '#/url'],
  [{ url: 'https://127.0.0.1/', events: ['*'] }, '#/url'],
  [{ url: 'https://169.254.169.254/latest', events: ['*'] }, '#/url'],
  [{ url: 'https://[::ffff:127.0.0.1]/', events: ['*'] }, '#/url'],
  [{ url: 'https://localhost/', events: ['*'] }, '#/url'],
  [{ url: 'http://127.0.0.1:22/', events: ['*'] }, '#/url'],
  [{ url: 'ftp://127.0.0.1/', events: ['*'] }, '#/url'],
  [{ url: 7, events: ['*'] }, '#/url'],
  [{ url: 'http://127.0.0.1:8080/', events: [] }, '#/events'],
  [{ url: 'http://127.0.0.1:8080/', events: ['user.registered'] }, '#/events'],
  [{ url: 'http://127.0.0.1:8080/', events: '*' }, '#/events'],
  [{ url: 'http://127.0.0.1:8080/', events: ['*'], description: 'two\nlines' }, '#/description'],
  [{ url: 'http://127.0.0.1:8080/', events: ['*'], scope: null }, '#/scope'],
  [{ url: 'http://127.0.0.1:8080/', events: ['*'], secret: 'mine' }, '#/secret'],
])('%p is refused', async (body, pointer) => {
  const { api } = await newOwner();
  const answer = await api.post('/api/webhook-endpoints', body);
  expect([answer.status, answer.body.code, answer.body.errors?.[0]?.pointer]).toEqual([
    400,
    'validation_failed',
    pointer,
  ]);
});

test('there are at most twenty endpoints of one owner, and a stranger’s do not exist', async () => {
  const [owner, stranger] = [await newOwner(), await newOwner()];
  const endpoint = await register(owner);
  for (let i = 1; i < 20; i++) await register(owner);
  const more = await owner.api.post('/api/webhook-endpoints', { url: URL_OF_NOBODY, events: ['*'] });
  expect([more.status, more.body.code]).toEqual([409, 'conflict']);
  const path = `/api/webhook-endpoints/${endpoint.id}`;
  const refused = [
    await stranger.api.get(path),
    await stranger.api.delete(path),
    await stranger.api.post(`${path}/rotate`),
    await stranger.api.post(`${path}/enable`),
    await stranger.api.get(`${path}/deliveries`),
    await stranger.api.post(`${path}/deliveries/${newId()}/replay`),
    await owner.api.post(`${path}/deliveries/${newId()}/replay`),
    await owner.api.get('/api/webhook-endpoints/nonsense'),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404));
});
test('a deleted endpoint gets nothing more, and its deliveries are gone', async () => {
  const owner = await newOwner();
  const endpoint = await register(owner);
  await bill(owner.id);
  await untilTried(owner, endpoint);
  const path = `/api/webhook-endpoints/${endpoint.id}`;
  expect((await owner.api.delete(path)).status).toBe(204);
  for (const answer of [await owner.api.get(path), await owner.api.delete(path)]) {
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  }
  const rows = await service.database.rows(
    'SELECT 1 FROM notification.webhook_deliveries WHERE endpoint_id = $1',
    [endpoint.id],
  );
  expect(rows).toEqual([]);
});

test('deliveries are listed by pages, newest first, and are kept for 30 days', async () => {
  const owner = await newOwner();
  const endpoint = await register(owner);
  const events: string[] = [];
  for (let i = 0; i < 5; i++) {
    clock.advance(1);
    events.unshift((await bill(owner.id)).id);
  }
  const seen: string[] = [];
  for (let cursor = ''; ;) {
    const path = `/api/webhook-endpoints/${endpoint.id}/deliveries?limit=2${cursor && `&cursor=${cursor}`}`;
    const { body } = await owner.api.get(path);
    seen.push(...body.items.map((it: Json) => it.eventId));
    if (!body.nextCursor) break;
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(events);
  await untilTried(owner, endpoint);
  clock.advance(31 * 24 * HOUR);
  await service.running.app.get(PurgeDeliveries, { strict: false }).run();
  expect(await deliveries(owner, endpoint)).toEqual([]);
});
