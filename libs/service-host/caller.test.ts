import { readCaller, signCaller } from './caller.js';

const SECRET = 'the services of this test call each other by it';
const NOW = Date.UTC(2026, 10, 28, 7);
const MINUTE = 60_000;
const caller = { kind: 'user', userId: 'u', role: 'household', correlationId: 'c' } as const;

test('a signed caller is believed for five minutes before and after, and not when it was changed', () => {
  const header = signCaller(caller, SECRET, NOW);
  for (const late of [-5 * MINUTE, 0, 5 * MINUTE])
    expect(readCaller(header, SECRET, NOW + late)).toEqual(caller);
  for (const late of [-5 * MINUTE - 1, 5 * MINUTE + 1]) {
    expect(readCaller(header, SECRET, NOW + late)).toBeUndefined();
  }
  expect(readCaller(header, `${SECRET}!`, NOW)).toBeUndefined();
  const [, signature] = header.split('.');
  const operator = Buffer.from(JSON.stringify({ ...caller, role: 'operator', at: NOW })).toString(
    'base64url',
  );
  for (const forged of [`${operator}.${signature}`, operator, `${operator}.`, '', '.', `.${signature}`]) {
    expect(readCaller(forged, SECRET, NOW)).toBeUndefined();
  }
});

test('that the password was given again is part of what is signed', () => {
  const header = signCaller({ ...caller, steppedUp: true }, SECRET, NOW);
  expect(readCaller(header, SECRET, NOW)).toEqual({ ...caller, steppedUp: true });
});
