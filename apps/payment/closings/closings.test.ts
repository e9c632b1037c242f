import { type PersonClosed } from '#contracts';
import { newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { paymentService } from '../index.js';

let payment: TestService;
beforeAll(async () => {
  payment = await startTestService(paymentService);
});
afterAll(() => payment.stop());

const topUp = (userId: string) =>
  payment
    .as(userId)
    .post(`/api/wallets/${userId}/add-funds`, { amount: '5.00' }, { 'idempotency-key': newId() });
const asGateway = () => payment.asService('gateway');
const close = (userId: string, closingId: string) =>
  asGateway().post(`/internal/people/${userId}/close`, { closingId });
const reopen = (userId: string, closingId: string) =>
  asGateway().post(`/internal/people/${userId}/reopen`, { closingId });

test('nobody pays from a closed account, until it is reopened', async () => {
  const [userId, closing] = [newId(), newId()];
  expect((await close(userId, closing)).body).toEqual({ underWay: 0 });
  expect(await topUp(userId)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await reopen(userId, closing)).status).toBe(204);
  expect((await topUp(userId)).status).toBe(202);
  expect((await close(userId, newId())).body).toEqual({ underWay: 1 });
});

test('a closing that arrives after it was given up closes nothing, nor does an older one', async () => {
  const [userId, older, closing] = [newId(), newId(), newId()];
  await reopen(userId, closing);
  for (const late of [closing, older]) expect((await close(userId, late)).status).toBe(409);
  expect((await topUp(userId)).status).toBe(202);
});

test('of payments that start while an account is closed, each is either counted or refused', async () => {
  for (let round = 0; round < 10; round++) {
    const userId = newId();
    const before = Array.from({ length: 25 }, () => topUp(userId));
    const [closed, ...answers] = await Promise.all([
      close(userId, newId()),
      ...before,
      ...Array.from({ length: 25 }, () => topUp(userId)),
    ]);
    const accepted = answers.filter(({ status }) => status === 202).length;
    expect((closed.body as PersonClosed).underWay).toBe(accepted);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(50 - accepted);
  }
});

test('only the gateway closes accounts', async () => {
  const path = `/internal/people/${newId()}/close`;
  expect((await payment.asService('wallet').post(path, { closingId: newId() })).status).toBe(403);
  expect((await payment.as(newId()).post(path, { closingId: newId() })).status).toBe(403);
});
