import { type Envelope, EVENTS, PaymentCompleted, typeOf, UserRegistered, WalletUpdated } from '#contracts';
import { wants, WEBHOOK_TYPES, webhookMessage } from './webhook-events.rules.js';

const envelope = (type: string, data: object): Envelope => ({
  specversion: '1.0',
  id: '0193b5a0-0000-7000-8000-000000000001',
  source: '/services/payment',
  type,
  subject: 'x',
  time: '2026-11-21T08:53:20.123Z',
  datacontenttype: 'application/json',
  correlationid: 'c',
  data,
});

test('a webhook has the type, the time of the event and its data, and nothing else', () => {
  const data = { paymentId: 'p', payerId: 'amina', amount: { amount: '5.00', currency: 'NGN' } };
  const message = webhookMessage(envelope(typeOf(PaymentCompleted), data))!;
  expect(message).toMatchObject({ type: 'payment.completed', ownerId: 'amina' });
  expect(JSON.parse(message.body)).toEqual({
    type: 'payment.completed',
    timestamp: '2026-11-21T08:53:20.123Z',
    data,
  });
});

test('a member that partners are not to see stays here, also one that an event gains later', () => {
  const secrets = { token: '12345678901234567890', tokens: ['1'], phone: '+2348010000001', pin: '1234' };
  for (const event of EVENTS) {
    const ids = { payerId: 'a', customerId: 'a', ownerId: 'a', sealedContact: 'sealed' };
    const message = webhookMessage(envelope(typeOf(event), { ...ids, ...secrets }));
    for (const secret of [...Object.keys(secrets), 'sealed', '1234', '+234']) {
      expect(message?.body ?? '').not.toContain(`"${secret}`);
    }
  }
});

test('each type of webhook belongs to an event, and an account is nobody else’s business', () => {
  const told = EVENTS.map((event) => webhookMessage(envelope(typeOf(event), {}))?.type).filter(Boolean);
  expect(told.sort()).toEqual([...WEBHOOK_TYPES].sort());
  expect(webhookMessage(envelope(typeOf(UserRegistered), {}))).toBeUndefined();
  expect(webhookMessage(envelope('wattline.wallet_updated.v99', {}))).toBeUndefined();
  expect(webhookMessage(envelope(typeOf(WalletUpdated), { ownerId: 'a' }))?.ownerId).toBe('a');
});

test('a star is all of them', () => {
  expect(wants(['*'], 'bill.created')).toBe(true);
  expect(wants(['payment.failed', 'bill.created'], 'bill.created')).toBe(true);
  expect(wants(['payment.failed'], 'bill.created')).toBe(false);
});
