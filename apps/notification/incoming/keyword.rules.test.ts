import { wantedBy } from './keyword.rules.js';

test.each(['TOKEN', 'token', '  Token  ', 'ToKeN.', 'tokens', 'TOKEN\n', 'token!', '\u00a0token'])(
  '%j asks for the newest tokens',
  (text) => {
    expect(wantedBy(text)).toEqual({ kind: 'tokens' });
  },
);

test.each([
  ['TOKEN 6784', '6784'],
  ['token  04123456784', '04123456784'],
  ['Token 0412 3456 784', '04123456784'],
  ['token 0412-3456-784', '04123456784'],
  ['TOKEN6784', '6784'],
  ['token 6784.', '6784'],
])('%j asks for those of one meter', (text, meterEnding) => {
  expect(wantedBy(text)).toEqual({ kind: 'tokens', meterEnding });
});

test.each(['STOP', 'stop', ' Stop ', 'UNSUBSCRIBE', 'start', 'Help', 'end.', 'QUIT'])(
  '%j is left to Twilio',
  (text) => {
    expect(wantedBy(text)).toEqual({ kind: 'carrier' });
  },
);

test.each([
  '',
  'hello',
  'TOKEN please',
  'TOKEN 12',
  'TOKEN 123456789012345678901',
  'my token',
  'stop it',
  '1234',
])('%j is no keyword', (text) => {
  expect(wantedBy(text)).toEqual({ kind: 'help' });
});
