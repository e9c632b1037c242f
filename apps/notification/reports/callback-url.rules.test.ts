import { callbackUrlFor, signedUrlFor } from './callback-url.rules.js';

test('the id of the message goes before the fragment, which is never signed', () => {
  const base = 'https://api.example.test/api/webhooks/twilio';
  expect(callbackUrlFor(base, '42')).toBe(`${base}?m=42`);
  expect(callbackUrlFor(`${base}?a=1`, '42')).toBe(`${base}?a=1&m=42`);
  expect(callbackUrlFor(`${base}#rc=3&rp=5xx,ct,rt`, '42')).toBe(`${base}?m=42#rc=3&rp=5xx,ct,rt`);
  expect(signedUrlFor(`${base}#rc=3`, '42')).toBe(`${base}?m=42`);
});
