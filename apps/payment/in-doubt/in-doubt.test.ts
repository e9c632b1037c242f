import { FakeClock, newId } from '#kernel';
import { type Json, startTestService, type TestService } from '#testing';
import { paymentService } from '../index.js';

const clock = new FakeClock();
let payment: TestService<Json>;
beforeAll(async () => {
  payment = await startTestService(paymentService, { clock });
});
afterAll(() => payment.stop());

const MINUTE = 60_000;
const operator = () => payment.as(newId(), 'operator');
const inDoubt = async (): Promise<Json[]> =>
  (await operator().get('/api/ops/payments?inDoubt=true')).body.items;
const metric = async () =>
  (await payment.as(newId()).get('/metrics')).body.match(/^wattline_payments_in_doubt\{.*\} (\d+)$/m)?.[1];

test('a payment that nobody ends is shown after a minute, with its owner and deadline, and is overdue after a day', async () => {
  // The wallet is not there, so nobody ever says that the money is held.
  const owner = newId();
  const { body } = await payment
    .as(owner)
    .post(`/api/wallets/${owner}/add-funds`, { amount: '5.00' }, { 'idempotency-key': newId() });
  expect(await inDoubt()).toEqual([]);
  expect(await metric()).toBe('0');
  clock.advance(MINUTE + 1);
  const accepted = clock.now().getTime() - MINUTE - 1;
  expect(await inDoubt()).toEqual([
    {
      id: body.id,
      reference: body.reference,
      status: 'PENDING',
      payerId: owner,
      amount: { amount: '5.00', currency: 'NGN' },
      createdAt: new Date(accepted).toISOString(),
      waitsFor: 'its money is reserved or refused',
      owner: 'operators on duty',
      deadline: new Date(accepted + MINUTE + 24 * 60 * MINUTE).toISOString(),
      overdue: false,
    },
  ]);
  expect(await metric()).toBe('1');
  clock.advance(24 * 60 * MINUTE);
  expect((await inDoubt())[0].overdue).toBe(true);
  await payment.database.rows(`UPDATE payment.payments SET status = 'PROCESSING' WHERE id = $1`, [body.id]);
  expect((await inDoubt())[0].waitsFor).toBe('what was paid for is delivered');
  await payment.database.rows(`UPDATE payment.payments SET status = 'FAILED' WHERE id = $1`, [body.id]);
  expect(await inDoubt()).toEqual([]);
});

test('for operators alone, and only what is in doubt', async () => {
  expect((await payment.as(newId()).get('/api/ops/payments?inDoubt=true')).status).toBe(403);
  expect((await operator().get('/api/ops/payments')).status).toBe(400);
  expect((await operator().get('/api/ops/payments?inDoubt=false')).status).toBe(400);
});
