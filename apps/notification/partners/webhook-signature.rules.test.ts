import { newWebhookSecret, webhookHeaders } from './webhook-signature.rules.js';

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const BODY = '{"id":"evt_1","type":"payment.settled","data":{"reference":"IP8F3K2Q9Z"}}';
const AT = new Date(1_760_000_000_999);

test('an attempt is signed as the vector of Standard Webhooks 1.0.0 says', () => {
  expect(webhookHeaders('msg_0001', AT, BODY, [SECRET])).toEqual({
    'webhook-id': 'msg_0001',
    'webhook-timestamp': '1760000000',
    'webhook-signature': 'v1,ReBxS/CGTkIkB0qBqERnOyGMVo9NXx5fhnI7wch8KAI=',
  });
});

test('two secrets sign side by side, separated by a space, the new one first', () => {
  const other = newWebhookSecret();
  const one = webhookHeaders('msg_0001', AT, BODY, [other])['webhook-signature'];
  const both = webhookHeaders('msg_0001', AT, BODY, [other, SECRET])['webhook-signature'];
  expect(both).toBe(`${one} v1,ReBxS/CGTkIkB0qBqERnOyGMVo9NXx5fhnI7wch8KAI=`);
});

test('a secret is whsec_ and the base64 of 32 bytes, and none comes twice', () => {
  const secrets = Array.from({ length: 50 }, newWebhookSecret);
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  }
  expect(new Set(secrets).size).toBe(50);
});
