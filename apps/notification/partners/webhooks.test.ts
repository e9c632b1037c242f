import { BillCreated, PaymentCompleted, UserRegistered, WalletUpdated } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { seal } from '#service-host';
import { type ApiClient, type Json, startTestService, type TestService, until } from '#testing';
import { notificationService, type NotificationSettings } from '../index.js';
import {
  answers,
  type Behaviour,
  dribbles,
  hangs,
  isSignedBy,
  type Partner,
  playPartner,
  resets,
} from '../testing/partner.js';
import { SCHEDULE_MILLIS } from './delivery-schedule.rules.js';
import { DeliverWebhooks } from './deliver-webhooks.js';

const CONTACT_SECRET = 'a secret for contacts in these tests';
const HOUR = 3_600_000;

let clock: FakeClock;
let service: TestService<NotificationSettings>;
const partners: Partner[] = [];

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
      WEBHOOK_TIMEOUT_MS: '400',
    },
  });
});
afterAll(() => service.stop());
afterEach(async () => {
  for (const partner of partners.splice(0)) await partner.close();
});

interface Owner {
  id: string;
  /** Signed anew each time: the signature of a caller is of use for five minutes. */
  readonly api: ApiClient;
}

async function newOwner(role: 'institution' | 'operator' | 'household' = 'institution'): Promise<Owner> {
  const id = newId();
  const contact = JSON.stringify({ name: 'Acme', phone: '+2348012345678' });
  const sealedContact = seal(contact, CONTACT_SECRET, 'contact');
  await service.publish(UserRegistered, id, { userId: id, role, language: 'en', sealedContact });
  return {
    id,
    get api() {
      return service.as(id, role);
    },
  };
}

async function newPartner(behaviour?: Behaviour): Promise<Partner> {
  const partner = await playPartner();
  if (behaviour) partner.behave(behaviour);
  partners.push(partner);
  return partner;
}

async function register(owner: Owner, partner: Partner, more: object = {}): Promise<Json> {
  const answer = await owner.api.post('/api/webhook-endpoints', { url: partner.url, events: ['*'], ...more });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  return answer.body;
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

const deliveries = async (owner: Owner, endpoint: Json): Promise<Json[]> =>
  (await owner.api.get(`/api/webhook-endpoints/${endpoint.id}/deliveries`)).body.items;
const untilDelivery = (owner: Owner, endpoint: Json, what: string, is: (delivery: Json) => boolean) =>
  until(what, async () => (await deliveries(owner, endpoint)).find(is));
const stateOf = async (owner: Owner, endpoint: Json): Promise<Json> =>
  (await owner.api.get(`/api/webhook-endpoints/${endpoint.id}`)).body;

/** Lets time pass, and has looked for what is due. */
function pass(millis: number): void {
  clock.advance(millis);
  service.running.app.get(DeliverWebhooks, { strict: false }).soon();
}

/** Lets the schedule go on to its next attempt. */
async function nextAttempt(owner: Owner, endpoint: Json, attempts: number): Promise<void> {
  const waiting = await untilDelivery(
    owner,
    endpoint,
    `attempt ${attempts} is over`,
    (it) => it.attempts === attempts && it.state !== 'sending',
  );
  const { failures } = await stateOf(owner, endpoint);
  expect([waiting.state, failures]).toEqual(['pending', attempts]);
  const wait = new Date(waiting.nextAttemptAt as string).getTime() - clock.now().getTime();
  const planned = SCHEDULE_MILLIS[attempts]!;
  expect(wait).toBeGreaterThanOrEqual(planned);
  expect(wait).toBeLessThanOrEqual(planned * 1.1);
  pass(wait);
}

test('an event goes to its owner’s endpoint, once, signed, with the type, the time and the data', async () => {
  const [owner, partner] = [await newOwner(), await newPartner()];
  const endpoint = await register(owner, partner, { description: 'our books' });
  expect(endpoint.secret).toMatch(/^whsec_/);
  const event = await bill(owner.id);
  const [webhook] = await partner.heard(1);
  expect(webhook!.id).toBe(event.id);
  expect(webhook!.timestamp).toBe(Math.floor(clock.now().getTime() / 1000));
  expect(isSignedBy(endpoint.secret, webhook!)).toBe(true);
  expect(webhook!.headers['content-type']).toBe('application/json');
  expect(webhook!.body).toEqual({ type: 'bill.created', timestamp: event.time, data: event.data });
  await untilDelivery(owner, endpoint, 'it is delivered', (it) => it.state === 'delivered');
  expect(await deliveries(owner, endpoint)).toMatchObject([
    { eventId: event.id, type: 'bill.created', attempts: 1, lastStatus: 200 },
  ]);
  expect(partner.received).toHaveLength(1);
});

test('nobody gets the events of another; an operator may ask for everybody’s', async () => {
  const [owner, other, operator] = [await newOwner(), await newOwner(), await newOwner('operator')];
  const [mine, theirs, all] = [await newPartner(), await newPartner(), await newPartner()];
  await register(owner, mine);
  await register(other, theirs);
  const everything = await register(operator, all, { scope: 'all' });
  const refused = await owner.api.post('/api/webhook-endpoints', {
    url: mine.url,
    events: ['*'],
    scope: 'all',
  });
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  const events = [await bill(owner.id), await bill(other.id)];
  await all.heard(2);
  await Promise.all([mine.heard(1), theirs.heard(1)]);
  expect(mine.received.map(({ id }) => id)).toEqual([events[0]!.id]);
  expect(theirs.received.map(({ id }) => id)).toEqual([events[1]!.id]);
  expect(new Set(all.received.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)));
  await operator.api.delete(`/api/webhook-endpoints/${everything.id}`);
});

test('only what was subscribed to is sent, and payments and wallets are told too', async () => {
  const [owner, partner] = [await newOwner(), await newPartner()];
  await register(owner, partner, { events: ['payment.completed', 'wallet.updated'] });
  await bill(owner.id);
  const amount = { amount: '50.00', currency: 'NGN' };
  await service.publish(PaymentCompleted, newId(), {
    paymentId: newId(),
    reference: 'P-1',
    purpose: 'transfer',
    method: 'wallet',
    payerId: owner.id,
    payeeId: newId(),
    amount,
    title: 'Transfer',
    receiptNumber: 'R-1',
    completedAt: clock.now().toISOString(),
  });
  await service.publish(WalletUpdated, owner.id, {
    walletId: owner.id,
    ownerId: owner.id,
    change: 'transfer_out',
    amount: { amount: '-50.00', currency: 'NGN' },
    balance: amount,
    available: amount,
  });
  await partner.heard(2);
  expect(partner.received.map(({ body }) => body.type).sort()).toEqual([
    'payment.completed',
    'wallet.updated',
  ]);
});

test.each<[string, Behaviour, object]>([
  ['500', answers(500, {}, 'a broken thing'), { lastStatus: 500, lastAnswer: 'a broken thing' }],
  ['302', answers(302, { location: 'http://127.0.0.1:1/' }), { lastStatus: 302 }],
  ['404', answers(404), { lastStatus: 404 }],
  ['a hang', hangs, { lastError: 'no answer in time' }],
  ['a reset', resets, { lastError: 'the connection broke off' }],
])('after %s it is sent again under the same id, newly signed', async (_, behaviour, seen) => {
  const [owner, partner] = [await newOwner(), await newPartner(behaviour)];
  const endpoint = await register(owner, partner);
  const event = await bill(owner.id);
  await untilDelivery(
    owner,
    endpoint,
    'the first attempt is over',
    (it) => it.state === 'pending' && it.attempts === 1,
  );
  expect(await deliveries(owner, endpoint)).toMatchObject([{ attempts: 1, ...seen }]);
  partner.behave(answers(200));
  await nextAttempt(owner, endpoint, 1);
  const [first, second] = await partner.heard(2);
  expect([first!.id, second!.id]).toEqual([event.id, event.id]);
  expect(second!.text).toBe(first!.text);
  expect(second!.timestamp).toBeGreaterThanOrEqual(first!.timestamp + 5);
  expect(isSignedBy(endpoint.secret, second!)).toBe(true);
  await untilDelivery(owner, endpoint, 'it is delivered', (it) => it.state === 'delivered');
  expect(await stateOf(owner, endpoint)).toMatchObject({ state: 'enabled', failures: 0 });
});

test('a 200 whose body never ends is a delivery, and of a long answer the first kilobyte is kept', async () => {
  const [owner, partner] = [await newOwner(), await newPartner(dribbles)];
  const endpoint = await register(owner, partner);
  await bill(owner.id);
  const slow = await untilDelivery(owner, endpoint, 'it is delivered', (it) => it.state === 'delivered');
  expect(slow).toMatchObject({ attempts: 1, lastStatus: 200, lastAnswer: 'a beginning' });
  partner.behave(answers(200, {}, `\u0000\u001b[31m${'x'.repeat(100_000)}`));
  await bill(owner.id);
  const long = await untilDelivery(owner, endpoint, 'the second too', (it) => it.lastAnswer?.includes('xxx'));
  expect(long.lastAnswer).toMatch(/^\[31mx+$/);
  expect(long.lastAnswer.length).toBeLessThanOrEqual(1024);
});

test('410 switches the endpoint off: nothing more is sent until its owner switches it on', async () => {
  const [owner, partner] = [await newOwner(), await newPartner(answers(410))];
  const endpoint = await register(owner, partner);
  await bill(owner.id);
  await untilDelivery(owner, endpoint, 'it is given up', (it) => it.state === 'failed');
  expect(await stateOf(owner, endpoint)).toMatchObject({ state: 'disabled', disabledWhy: 'gone' });
  await bill(owner.id);
  expect(await deliveries(owner, endpoint)).toHaveLength(1);
  const [failed] = await deliveries(owner, endpoint);
  const path = `/api/webhook-endpoints/${endpoint.id}`;
  expect((await owner.api.post(`${path}/deliveries/${failed.id}/replay`)).status).toBe(409);
  partner.behave(answers(200));
  expect((await owner.api.post(`${path}/enable`)).body).toMatchObject({ state: 'enabled', failures: 0 });
  expect((await owner.api.post(`${path}/deliveries/${failed.id}/replay`)).status).toBe(202);
  await untilDelivery(owner, endpoint, 'it is delivered', (it) => it.state === 'delivered');
  expect(new Set(partner.received.map(({ id }) => id)).size).toBe(1);
});

test.each([429, 502, 503, 504])(
  '%s with Retry-After leaves the whole endpoint alone so long',
  async (status) => {
    const [owner, partner] = [await newOwner(), await newPartner(answers(status, { 'retry-after': '600' }))];
    const endpoint = await register(owner, partner);
    await bill(owner.id);
    const waiting = await untilDelivery(
      owner,
      endpoint,
      'it waits',
      (it) => it.state === 'pending' && it.attempts,
    );
    expect(new Date(waiting.nextAttemptAt).getTime()).toBe(clock.now().getTime() + 600_000);
    partner.behave(answers(200));
    const second = await bill(owner.id);
    pass(599_000);
    const [other, control] = [await newOwner(), await newPartner()];
    await register(other, control);
    await bill(other.id);
    await control.heard(1);
    expect(partner.received).toHaveLength(1);
    pass(1_000);
    await partner.heard(3);
    expect(partner.received.map(({ id }) => id)).toContain(second.id);
  },
);

test('an endpoint that fails for three days is switched off, and its owner is told by SMS once', async () => {
  const [owner, partner] = [await newOwner(), await newPartner(answers(500))];
  const endpoint = await register(owner, partner);
  const event = await bill(owner.id);
  const began = clock.now().getTime();
  for (let attempts = 1; attempts < SCHEDULE_MILLIS.length; attempts++) {
    await nextAttempt(owner, endpoint, attempts);
  }
  await untilDelivery(owner, endpoint, 'it is given up', (it) => it.state === 'failed');
  expect(partner.received).toHaveLength(10);
  expect(new Set(partner.received.map(({ id }) => id))).toEqual(new Set([event.id]));
  expect(clock.now().getTime() - began).toBeGreaterThan(75 * HOUR);
  expect(await stateOf(owner, endpoint)).toMatchObject({ state: 'disabled', disabledWhy: 'failing' });
  const told = await service.database.rows<{ template: string }>(
    `SELECT template FROM notification.messages WHERE user_id = $1 AND template = 'webhook_disabled'`,
    [owner.id],
  );
  expect(told).toHaveLength(1);
});

test('a partner who cannot take one event, but takes the others, stays on', async () => {
  const [owner, partner] = [await newOwner(), await newPartner()];
  const endpoint = await register(owner, partner);
  const bad = await bill(owner.id);
  partner.behave((response, { id }) => response.writeHead(id === bad.id ? 500 : 200).end());
  await partner.heard(1);
  await service.database.rows(
    `UPDATE notification.webhook_deliveries SET step = 9, state = 'pending', next_at = $2 WHERE event_id = $1`,
    [bad.id, new Date(clock.now().getTime() + HOUR)],
  );
  pass(HOUR / 2);
  const good = await bill(owner.id);
  await untilDelivery(owner, endpoint, 'the other is taken', (it) => it.eventId === good.id && it.endedAt);
  pass(HOUR / 2);
  await untilDelivery(owner, endpoint, 'the bad one is given up', (it) => it.state === 'failed');
  expect(await stateOf(owner, endpoint)).toMatchObject({ state: 'enabled' });
});

test('a flapping partner gets each event in the end, and a dead one keeps nobody waiting', async () => {
  const [dead, flapping, healthy] = [await newOwner(), await newOwner(), await newOwner()];
  const [silent, fickle, well] = [await newPartner(hangs), await newPartner(), await newPartner()];
  let calls = 0;
  fickle.behave((response) => response.writeHead(++calls % 2 ? 503 : 200, { 'retry-after': '1' }).end());
  const endpoint = await register(flapping, fickle);
  await register(dead, silent);
  await register(healthy, well);
  await Promise.all(Array.from({ length: 40 }, () => bill(dead.id)));
  const flaps = await Promise.all(Array.from({ length: 6 }, () => bill(flapping.id)));
  const began = performance.now();
  await Promise.all(Array.from({ length: 40 }, () => bill(healthy.id)));
  await well.heard(40);
  expect(performance.now() - began).toBeLessThan(4_000);
  expect(silent.received.length).toBeLessThan(40);
  await until('all flapping ones are through', async () => {
    pass(6_000);
    const rows = await deliveries(flapping, endpoint);
    return rows.length === flaps.length && rows.every(({ state }) => state === 'delivered');
  });
});

test('after a rotation both secrets sign for a day, then only the new one', async () => {
  const [owner, partner] = [await newOwner(), await newPartner()];
  const endpoint = await register(owner, partner);
  const rotated = await owner.api.post(`/api/webhook-endpoints/${endpoint.id}/rotate`);
  expect(rotated.status).toBe(200);
  const { secret, oldSecretUntil } = rotated.body;
  expect(secret).not.toBe(endpoint.secret);
  expect(new Date(oldSecretUntil).getTime() - clock.now().getTime()).toBe(24 * HOUR);
  clock.advance(24 * HOUR - 1_000);
  await bill(owner.id);
  const [both] = await partner.heard(1);
  expect([both!.signatures.length, isSignedBy(secret, both!), isSignedBy(endpoint.secret, both!)]).toEqual([
    2,
    true,
    true,
  ]);
  clock.advance(1_000);
  await bill(owner.id);
  const one = (await partner.heard(2))[1]!;
  expect([one.signatures.length, isSignedBy(secret, one), isSignedBy(endpoint.secret, one)]).toEqual([
    1,
    true,
    false,
  ]);
});

test('a replay sends a delivered event again under its id; one that is under way is refused', async () => {
  const [owner, partner] = [await newOwner(), await newPartner()];
  const endpoint = await register(owner, partner);
  const event = await bill(owner.id);
  const done = await untilDelivery(owner, endpoint, 'it is delivered', (it) => it.state === 'delivered');
  const replay = () => owner.api.post(`/api/webhook-endpoints/${endpoint.id}/deliveries/${done.id}/replay`);
  partner.behave(hangs);
  expect((await replay()).status).toBe(202);
  await partner.heard(2);
  const again = await replay();
  expect([again.status, again.body.code]).toEqual([409, 'conflict']);
  expect(partner.received.map(({ id }) => id)).toEqual([event.id, event.id]);
});

test('an attempt whose process died is made again when its lease is over', async () => {
  const [owner, partner] = [await newOwner(), await newPartner()];
  const endpoint = await register(owner, partner);
  const event = await bill(owner.id);
  await untilDelivery(owner, endpoint, 'it is delivered', (it) => it.state === 'delivered');
  await service.database.rows(
    `UPDATE notification.webhook_deliveries SET state = 'sending', next_at = $2, ended_at = NULL WHERE event_id = $1`,
    [event.id, new Date(clock.now().getTime() + 60_000)],
  );
  pass(60_000);
  await partner.heard(2);
  await untilDelivery(
    owner,
    endpoint,
    'it is delivered',
    (it) => it.state === 'delivered' && it.attempts === 2,
  );
});
