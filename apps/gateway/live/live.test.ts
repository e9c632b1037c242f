import { connect } from 'node:net';
import {
  BillCreated,
  FundsHeld,
  MeterAlertRaised,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
  WalletUpdated,
} from '#contracts';
import { FakeClock, newId } from '#kernel';
import { ApiClient, LiveClient, startTestService, type TestService, until } from '#testing';
import { gatewayService, type GatewaySettings } from '../index.js';
import { gatewayEnvironment, somebody } from '../testing/outside.js';

const clock = new FakeClock();
let gateway: TestService<GatewaySettings>;
let api: ApiClient;
let url: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  const environment = {
    ...(await gatewayEnvironment()),
    CORS_ORIGINS: 'https://app.example, https://b.example',
  };
  gateway = await startTestService(gatewayService, { environment, clock });
  url = gateway.running.url;
  api = new ApiClient(url);
});
afterAll(() => gateway.stop());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const keep = (client: LiveClient) => (clients.push(client), client);
const open = async (options?: { origin?: string; path?: string }) =>
  keep(await LiveClient.connect(url, options));

async function newPerson() {
  const { body } = await api.post('/api/auth/register', somebody());
  return {
    id: body.user.id as string,
    token: body.accessToken as string,
    refreshToken: body.refreshToken as string,
    api: api.with({ authorization: `Bearer ${body.accessToken}` }),
    look: async () => keep(await LiveClient.signedIn(url, body.accessToken)),
  };
}

const naira = (amount: string) => ({ amount, currency: 'NGN' });
const payment = (payerId: string) => ({
  paymentId: newId(),
  reference: 'P-1',
  purpose: 'bill' as const,
  method: 'wallet' as const,
  payerId,
  amount: naira('50.00'),
  title: 'Bill B-1',
});
const wallet = (ownerId: string) => ({
  walletId: ownerId,
  ownerId,
  change: 'capture' as const,
  amount: naira('-50.00'),
  balance: naira('0.00'),
  available: naira('0.00'),
});

test('the payer sees each step of a payment, once, though the bus tells everything twice', async () => {
  const person = await newPerson();
  const client = await person.look();
  const it = payment(person.id);
  await gateway.publish(PaymentInitiated, it.paymentId, it);
  await gateway.publish(FundsHeld, it.paymentId, { paymentId: it.paymentId, amount: it.amount });
  const completedAt = clock.now().toISOString();
  await gateway.publish(PaymentCompleted, it.paymentId, { ...it, receiptNumber: 'R-1', completedAt });
  await gateway.publish(WalletUpdated, person.id, wallet(person.id));
  await client.untilMessage('wallet');
  expect(client.messages.map(({ type, data }) => [type, data.id, data.status, data.step])).toEqual([
    ['ready', undefined, undefined, undefined],
    ['payment', it.paymentId, 'PENDING', 'accepted'],
    ['payment', it.paymentId, 'PROCESSING', 'funds_held'],
    ['payment', it.paymentId, 'PAID', 'paid'],
    ['wallet', person.id, undefined, undefined],
  ]);
});

test('a failure and a new bill are told; what a payment carries beyond the contract is not', async () => {
  const person = await newPerson();
  const client = await person.look();
  const it = { ...payment(person.id), note: 'private', code: 'insufficient_funds', reason: 'Too little.' };
  await gateway.publish(PaymentFailed, it.paymentId, it);
  const { data } = await client.untilMessage('payment');
  expect(data).toEqual({
    id: it.paymentId,
    reference: 'P-1',
    purpose: 'bill',
    amount: naira('50.00'),
    status: 'FAILED',
    step: 'failed',
    at: expect.any(String),
    failure: { code: 'insufficient_funds', reason: 'Too little.' },
  });
  const billId = newId();
  const bill = { billId, number: 'B-1', kind: 'bill' as const, customerId: person.id, dueDate: '2030-01-31' };
  await gateway.publish(BillCreated, billId, { ...bill, amount: naira('1.00') });
  expect((await client.untilMessage('notification')).data).toMatchObject({ kind: 'bill_created', billId });
});

test('an alert of a meter is told to whoever wants it in the app', async () => {
  const person = await newPerson();
  const client = await person.look();
  const meterNumber = '04123456784';
  const alert = {
    ownerId: person.id,
    meterNumber,
    alert: 'days_left' as const,
    value: '2',
    limit: '2',
    unit: 'days',
  };
  const [silent, wanted] = [newId(), newId()];
  await gateway.publish(MeterAlertRaised, silent, { ...alert, meterId: silent, sms: true, app: false });
  await gateway.publish(MeterAlertRaised, wanted, { ...alert, meterId: wanted, sms: false, app: true });
  const { data } = await client.untilMessage('notification');
  const { ownerId: _, ...told } = alert;
  expect(data).toEqual({ kind: 'meter_alert_raised', meterId: wanted, ...told, at: expect.any(String) });
});

test('nobody sees what is another’s, and all windows of one person see the same', async () => {
  const [amina, bola] = [await newPerson(), await newPerson()];
  const [one, two, other] = [await amina.look(), await amina.look(), await bola.look()];
  for (let i = 0; i < 10; i++) {
    const it = payment(amina.id);
    await gateway.publish(PaymentInitiated, it.paymentId, it);
    await gateway.publish(FundsHeld, it.paymentId, { paymentId: it.paymentId, amount: it.amount });
  }
  await gateway.publish(WalletUpdated, bola.id, wallet(bola.id));
  await other.untilMessage('wallet');
  await until('both windows have all', () => one.messages.length === 21 && two.messages.length === 21);
  expect(one.messages).toEqual(two.messages);
  expect(other.messages.map(({ type }) => type)).toEqual(['ready', 'wallet']);
});

test('whoever has not signed in is told nothing, and is closed after five seconds', async () => {
  const [person, client] = [await newPerson(), await open()];
  await person.look();
  await gateway.publish(WalletUpdated, person.id, wallet(person.id));
  clock.advance(4_900);
  expect(client.closed).toBeUndefined();
  clock.advance(100);
  expect((await client.untilClosed()).code).toBe(4408);
  expect(client.messages).toEqual([]);
});

test.each([
  ['no JSON', 'hello', 4400],
  ['another type', '{"type":"subscribe","to":"everything"}', 4400],
  ['null', 'null', 4400],
  ['no text for a token', '{"type":"auth","accessToken":7}', 4400],
  ['a wrong token', '{"type":"auth","accessToken":"eyJhbGciOiJub25lIn0.e30."}', 4401],
  ['an API key', `{"type":"auth","accessToken":"wl_${'A'.repeat(43)}"}`, 4401],
  ['too much', JSON.stringify({ type: 'auth', accessToken: 'x'.repeat(10_000) }), 1009],
])('%s as the first message closes it', async (_, text, code) => {
  const client = await open();
  client.socket.send(text);
  expect((await client.untilClosed()).code).toBe(code);
});

test('a logout closes all windows of the session at once, and leaves those of another', async () => {
  const person = await newPerson();
  const other = await newPerson();
  const [one, two, stays] = [await person.look(), await person.look(), await other.look()];
  expect((await person.api.post('/api/auth/logout')).status).toBe(204);
  expect([(await one.untilClosed()).code, (await two.untilClosed()).code]).toEqual([4401, 4401]);
  expect(stays.closed).toBeUndefined();
  const again = await open();
  again.signIn(person.token);
  expect((await again.untilClosed()).code).toBe(4401);
});

test('a session that another gateway ended closes its windows within seconds', async () => {
  const person = await newPerson();
  const client = await person.look();
  await gateway.database.rows('UPDATE gateway.sessions SET revoked_at = now() WHERE user_id = $1', [
    person.id,
  ]);
  await until('it is closed', () => {
    clock.advance(500);
    return client.closed;
  });
  expect(client.closed?.code).toBe(4401);
});

test('an expired token closes it; a fresh one in time keeps it open, but only for the same person', async () => {
  const [person, stranger] = [await newPerson(), await newPerson()];
  const [expires, renews, changes] = [await person.look(), await person.look(), await person.look()];
  clock.advance(3_500_000);
  const { body } = await api.post('/api/auth/refresh', { refreshToken: person.refreshToken });
  renews.signIn(body.accessToken);
  await until('it is renewed', () => renews.messages.filter(({ type }) => type === 'ready').length === 2);
  changes.signIn(
    (await api.post('/api/auth/refresh', { refreshToken: stranger.refreshToken })).body.accessToken,
  );
  expect((await changes.untilClosed()).code).toBe(4401);
  clock.advance(100_000);
  await gateway.publish(WalletUpdated, person.id, wallet(person.id));
  await renews.untilMessage('wallet');
  expect((await expires.untilClosed()).code).toBe(4401);
  expect(expires.messages.map(({ type }) => type)).toEqual(['ready']);
});

test('a browser comes from our own pages or from those of CORS_ORIGINS', async () => {
  for (const origin of ['https://app.example', 'https://b.example', url, undefined]) await open({ origin });
  for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null']) {
    await expect(open({ origin })).rejects.toThrow('403');
  }
  await expect(open({ path: '/api/other' })).rejects.toThrow('404');
  await expect(open({ path: '/' })).rejects.toThrow('404');
});

test('who does not answer the heartbeat is dropped, and who answers stays', async () => {
  const person = await newPerson();
  const [dead, alive] = [await person.look(), await person.look()];
  let pings = 0;
  alive.socket.on('ping', () => (pings += 1));
  dead.socket.pause();
  clock.advance(25_000);
  await until('it was asked', () => pings === 1);
  clock.advance(25_000);
  await until('it was asked again', () => pings === 2);
  dead.socket.resume();
  await dead.untilClosed();
  expect(alive.closed).toBeUndefined();
});

test('a reader who does not keep up is dropped, and the others are told on', async () => {
  const [slow, quick] = [await newPerson(), await newPerson()];
  const [stuck, reads] = [await slow.look(), await quick.look()];
  stuck.socket.pause();
  const note = { ...payment(slow.id), title: 'x'.repeat(1_000), reference: 'P'.repeat(40_000) };
  for (let i = 0; i < 400; i++) {
    const paymentId = newId();
    await gateway.publish(PaymentInitiated, paymentId, { ...note, paymentId });
  }
  await gateway.publish(WalletUpdated, quick.id, wallet(quick.id));
  await reads.untilMessage('wallet');
  stuck.socket.resume();
  await stuck.untilClosed();
  expect(stuck.messages.length).toBeLessThan(401);
  expect(reads.closed).toBeUndefined();
});

test('one person has at most twenty windows', async () => {
  const person = await newPerson();
  for (let i = 0; i < 20; i++) await person.look();
  const more = await open();
  more.signIn(person.token);
  expect((await more.untilClosed()).code).toBe(4429);
});

test('whoever offers another protocol, as curl --http2 does, is answered as ever', async () => {
  const { hostname, port } = new URL(url);
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        'GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n' +
          'http2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
      ),
    );
    socket.on('data', (data) => (text += data.toString()));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(answer).toContain('{"status":"live"}');
});
