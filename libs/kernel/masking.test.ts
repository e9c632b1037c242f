import { maskName, maskPhone } from './masking.js';

test.each([
  ['+2348012345678', '+234••••••5678'],
  ['+23480123456', '+234••••3456'],
  ['+2348012345', '+23•••••345'],
  ['12345678', '12••••78'],
  ['1234567', '•••••••'],
  ['', ''],
])('the phone %s is shown as %s', (phone, masked) => {
  expect(maskPhone(phone)).toBe(masked);
});

test.each([
  ['Amina Bello', 'A••• B•••'],
  ['  Amina   Bello ', 'A••• B•••'],
  ['Ng', 'N•••'],
  ['', ''],
  ['Ọlá Ṣọlá', 'Ọ••• Ṣ•••'],
  ['😀ade', '😀•••'],
])('the name "%s" is shown as "%s"', (name, masked) => {
  expect(maskName(name)).toBe(masked);
});
