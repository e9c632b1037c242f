import twilio from 'twilio';
import { signatureOf } from './twilio-signature.js';

const URL = 'https://api.example.test/webhooks/twilio/status?m=42';
const PARAMS = {
  AccountSid: `AC${'0'.repeat(32)}`,
  ApiVersion: '2010-04-01',
  From: '+15005550006',
  MessageSid: `SM${'1'.repeat(32)}`,
  MessageStatus: 'delivered',
  SmsSid: `SM${'1'.repeat(32)}`,
  SmsStatus: 'delivered',
  To: '+250788123456',
};

describe('the signature of a callback', () => {
  it('is the one known from the protocol sheet', () => {
    expect(signatureOf('test_auth_token', URL, PARAMS)).toBe('S5OY3LYd6Bf4SHU13vIMg+BwuvY=');
  });

  it('is what Twilio’s own SDK expects and accepts, also for repeated parameters and other letters', () => {
    const params = { ...PARAMS, Tag: ['b', 'a', 'b'], Body: 'crédit ₦ 100' };
    const signature = signatureOf('another token', URL, params);
    expect(signature).toBe(twilio.getExpectedTwilioSignature('another token', URL, params));
    expect(twilio.validateRequest('another token', signature, URL, params)).toBe(true);
  });

  it('changes with the token, the query and any parameter', () => {
    const signature = signatureOf('token', URL, PARAMS);
    expect(signatureOf('token 2', URL, PARAMS)).not.toBe(signature);
    expect(signatureOf('token', URL.replace('42', '43'), PARAMS)).not.toBe(signature);
    expect(signatureOf('token', URL, { ...PARAMS, New: 'field' })).not.toBe(signature);
  });
});
