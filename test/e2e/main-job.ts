import { until } from '#testing';
import { buyElectricity } from './buy-electricity.js';
import { expectInvariants } from './invariants-hold.js';
import { Person } from './person.js';
import type { SystemUnderTest } from './system.js';

/** The main job, as a customer does it over REST: the same script for every way of running the system. */
export async function mainJob(world: SystemUnderTest): Promise<void> {
  const person = await Person.register(world);
  await person.sms('Welcome');

  const topUp = await person.addFunds('500.00');
  expect(topUp).toMatchObject({ purpose: 'top_up', status: 'PAID' });
  await until('the money is there', async () => (await person.balance()) === '500.00');
  await person.sms('500.00');

  const bill = await person.createBill('120.35');
  await person.sms(bill.number);
  const accepted = await person.post('/api/payments', { billId: bill.id, amount: 120.35 });
  expect(accepted).toMatchObject({ status: 202, body: { status: 'PENDING', billId: bill.id } });
  const payment = await person.finished(accepted);
  expect(payment).toMatchObject({ status: 'PAID', amount: { amount: '120.35', currency: 'NGN' } });

  const sms = await person.sms(payment.receiptNumber);
  expect(sms).toContain('120.35');
  const receipt = await person.api.get(`/api/payments/${payment.id}/receipt`);
  expect(receipt.body).toMatchObject({ receiptNumber: payment.receiptNumber, amount: { amount: '120.35' } });
  await until(
    'the bill is paid',
    async () => (await person.api.get(`/api/bills/${bill.id}`)).body.status === 'paid',
  );
  await until('the money is taken', async () => (await person.balance()) === '379.65');
  const wallet = await person.api.get('/api/wallet');
  expect(wallet.body).toMatchObject({ available: { amount: '379.65' }, held: { amount: '0.00' } });
  const statement = await person.api.get(`/api/wallets/${person.id}/entries`);
  expect(statement.body.items.map((it: { amount: { amount: string } }) => it.amount.amount)).toEqual([
    '-120.35',
    '500.00',
  ]);

  const again = await person.post('/api/payments', { billId: bill.id, amount: 120.35 });
  expect([again.status, again.body.code]).toEqual([409, 'bill_not_payable']);

  await buyElectricity(world, person);

  expect(
    (await person.api.post('/api/auth/logout', { refreshToken: person.session.refreshToken })).status,
  ).toBe(204);
  expect((await person.api.get('/api/wallet')).status).toBe(401);
  await expectInvariants(world);
}
