import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '#kernel';
import { type ApiClient, type Json, until } from '#testing';
import { newOperator, type Operator } from '../operators/world.js';
import { Person } from '../e2e/person.js';
import type { SystemUnderTest } from '../e2e/system.js';
import type { Route } from './routes.js';

/** Somebody who has one of everything that there is in Wattline. */
export interface Owner {
  person: Person;
  operator: Operator;
  paidBill: Json;
  openBill: Json;
  payment: Json;
  endpoint: Json;
  delivery: Json;
  apiKey: Json;
  /** A refund that waits for a second operator. */
  action: Json;
  savedMeter: Json;
  token: Json;
  voucherBatch: Json;
  redemption: Json;
}

const METER = '04123456784';
const SCOPES = ['bills:read', 'payments:read', 'payments:write', 'bills:write', 'wallet:read', 'webhooks'];

/** A partner who takes every webhook, until the test is over. */
async function aPartner(): Promise<{ url: string }> {
  const server = createServer((_request, response) => response.end()).unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

/** Needs a system with an APPROVAL_LIMIT of 10 and the meters of the demo. */
export async function anOwnerOfEverything(world: SystemUnderTest): Promise<Owner> {
  const person = await Person.register(world, 'Amina Bello');
  const operator = await newOperator(world, 'Ngozi Adeyemi');
  const partner = await aPartner();
  const endpoint = (
    await person.api.post('/api/webhook-endpoints', {
      url: partner.url,
      events: ['payment.completed', 'wallet.updated'],
    })
  ).body;
  await person.addFunds('100.00');
  const paidBill = await person.createBill('20.00');
  const order = { billId: paidBill.id, amount: '20.00' };
  const payment = await person.finished(await person.post('/api/payments', order));
  const delivery = await until('every webhook has arrived', async () => {
    const { body } = await person.api.get(`/api/webhook-endpoints/${endpoint.id}/deliveries`);
    const items = body.items as Json[];
    return items.length >= 3 && items.every(({ state }) => state === 'delivered') && items[0];
  });
  const apiKey = (await person.api.post('/api/api-keys', { name: 'till', scopes: SCOPES })).body;
  const refund = await operator.api.post(
    `/api/ops/payments/${payment.id}/refund`,
    { reason: 'a test' },
    { 'idempotency-key': newId() },
  );
  if (!refund.body.id) throw new Error(`refund: ${refund.status} ${JSON.stringify(refund.body)}`);
  await person.sms(payment.receiptNumber);
  const savedMeter = (await person.api.post('/api/meters', { number: METER, name: 'Home' })).body;
  const token = await aToken(person);
  const { voucherBatch, redemption } = await aRedeemedVoucher(world, operator, person);
  return {
    person,
    operator,
    paidBill,
    openBill: await person.createBill('15.00'),
    payment,
    endpoint,
    delivery,
    apiKey,
    action: refund.body,
    savedMeter,
    token,
    voucherBatch,
    redemption,
  };
}

/** Given by the operator, and handed to the person, who redeems one of the two: a household makes none itself. */
async function aRedeemedVoucher({ database }: SystemUnderTest, operator: Operator, person: Person) {
  const order = { count: 2, kwh: '1', expiresOn: '2030-01-31', reason: 'a test' };
  const { body: voucherBatch } = await operator.api.post('/api/vouchers', order);
  const sql = 'UPDATE billing.voucher_batches SET owner_id = $2 WHERE id = $1';
  await database.rows(sql, [voucherBatch.id, person.id]);
  const { code } = voucherBatch.codes[0];
  const { body } = await person.api.post('/api/vouchers/redeem', { code, meterNumber: METER });
  const redemption = await until('the voucher is redeemed', async () => {
    const { body: now } = await person.api.get(body.links.self);
    return now.state === 'redeemed' && now;
  });
  return { voucherBatch, redemption };
}

/** Bought for a meter of the demo. */
async function aToken(person: Person): Promise<Json> {
  const order = { meterNumber: METER, amount: '20.00' };
  const { body: bill } = await person.api.post('/api/electricity/verify', order);
  await person.finished(await person.post('/api/payments', { billId: bill.id, amount: '20.00' }));
  const { body } = await person.api.get(`/api/tokens?meterNumber=${METER}`);
  return body.items[0];
}

/**
 * What of the owner's a route with this path is about. A new route with a parameter has no line here and fails the
 * tests: whoever adds it says what of whom it shows, and everything about strangers is then tried on it.
 */
export function thingsOf(owner: Owner, path: string): Record<string, string> {
  const { person, openBill, payment, endpoint, delivery, apiKey, action, savedMeter, token } = owner;
  const { voucherBatch, redemption } = owner;
  const known: [RegExp, Record<string, string>][] = [
    [/^\/api\/bills\/\{id\}/, { id: openBill.id }],
    [/^\/api\/vend\/\{billId\}/i, { billId: openBill.id }],
    [/^\/api\/payments\/\{id\}/, { id: payment.id }],
    [/^\/api\/wallets\/\{walletId\}/, { walletId: person.id }],
    [/^\/balance\/\{userId\}/, { userId: person.id }],
    [/^\/api\/meters\/\{id\}/, { id: savedMeter.id }],
    [/^\/api\/tokens\/\{id\}/, { id: token.id }],
    [/^\/api\/vouchers\/redemptions\/\{id\}/, { id: redemption.id }],
    [/^\/api\/vouchers\/\{id\}/, { id: voucherBatch.id }],
    [/^\/api\/ops\/meters\/\{number\}/, { number: METER }],
    [/^\/api\/ops\/tariffs\/\{id\}/, { id: 'demo-residential', validFrom: '2999-01-01' }],
    [/^\/api\/webhook-endpoints\/\{id\}/, { id: endpoint.id, deliveryId: delivery.id }],
    [/^\/api\/api-keys\/\{id\}/, { id: apiKey.id }],
    [/^\/api\/ops\/approvals\/\{id\}/, { id: action.id }],
    [/^\/api\/ops\/payments\/\{id\}/, { id: payment.id }],
    [/^\/api\/ops\/wallets\/\{id\}/, { id: person.id }],
    [/^\/api\/ops\/users\/\{id\}/, { id: person.id }],
    // There is no dead letter in a healthy system.
    [/^\/api\/ops\/dead-letters\/\{id\}/, { id: newId() }],
    [/^\/retry\/\{jobId\}/, { jobId: newId() }],
  ];
  return known.find(([pattern]) => pattern.test(path))?.[1] ?? {};
}

/** A body that would do, so that it is not the reason of a refusal. */
export function bodyFor({ name, hasBody }: Route): object | undefined {
  const known: Record<string, object> = {
    'PATCH /api/bills/{id}': { amount: '1.00' },
    'PATCH /api/meters/{id}': { name: 'mine' },
    'POST /api/meters/{id}/readings': { creditKwh: '1' },
    'PUT /api/meters/{id}/alerts': { lowBalanceKwh: '1' },
    'PUT /api/ops/meters/{number}': {},
    'PUT /api/ops/tariffs/{id}': {},
    'PUT /api/ops/tariffs/{id}/versions/{validFrom}': {},
    'POST /api/ops/payments/{id}/resolve': { outcome: 'not_delivered', reason: 'why not' },
    'POST /api/vend/{billId}/pay': {},
    'POST /api/vouchers/{id}/codes': { replace: true },
    'POST /api/vouchers/{id}/void': { reason: 'why not' },
    'POST /api/wallets/{walletId}/add-funds': { amount: '1.00' },
    'POST /api/ops/approvals/{id}/reject': { reason: 'why not' },
    'POST /api/ops/dead-letters/{id}/discard': { reason: 'why not' },
    'POST /api/ops/payments/{id}/refund': { reason: 'why not' },
    'POST /api/ops/users/{id}/suspend': { reason: 'why not' },
    'POST /api/ops/wallets/{id}/adjust': { amount: '1.00', reason: 'why not' },
  };
  if (hasBody && !known[name]) throw new Error(`nothing is said about the body of ${name}`);
  return known[name];
}

/** Everything of the owner's that can be read, as one text: whether something has changed. */
export async function everythingOf({ person }: Owner, routes: Route[], paths: (path: string) => string) {
  const seen: Record<string, unknown> = {};
  for (const { method, path, hasRoles } of routes) {
    // The texts (they are in the export too) change by themselves while the last SMS goes out; keys note their use;
    // the status has the time.
    if (
      method !== 'GET' ||
      (hasRoles && path.startsWith('/api/ops')) ||
      /notif|audit|api-keys|export|status/.test(path)
    )
      continue;
    const { status, body } = await person.api.get(paths(path));
    const { traceId: _, ...rest } = (body ?? {}) as { traceId?: string };
    seen[path] = [status, Array.isArray(body) ? body : rest];
  }
  return seen;
}

export const withKey = (api: ApiClient) => api.with({ 'idempotency-key': newId() });
