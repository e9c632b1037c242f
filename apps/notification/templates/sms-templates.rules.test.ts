import fc from 'fast-check';
import { cut, ONE_SEGMENT, septetsOf, toGsm7 } from './gsm7.rules.js';
import {
  billCancelled,
  billChanged,
  billCreated,
  keywordHelp,
  noTokens,
  meterAlert,
  passwordChanged,
  passwordResetCode,
  paymentCompleted,
  paymentFailed,
  refund,
  type Sms,
  TEMPLATES,
  tokenText,
  transferReceived,
  voucherGivenBack,
  walletTopUp,
  webhookDisabled,
  welcome,
} from './sms-templates.rules.js';

const naira = (amount: string) => ({ amount, currency: 'NGN' });

interface Words {
  dueDate: string;
  number: string;
  reference: string;
  receiptNumber: string;
  ref: string;
  title: string;
  note: string;
  reason: string;
  amount: { amount: string; currency: string };
  balance: { amount: string; currency: string };
}

const all = (it: Words): Sms[] => [
  welcome(it.ref),
  billCreated({ ...it, description: it.title }),
  billChanged({ ...it, description: it.title }, it.ref),
  billCancelled(it),
  paymentCompleted(it),
  paymentFailed({ ...it, code: 'insufficient_funds' }),
  paymentFailed({ ...it, code: 'provider_refused' }),
  walletTopUp(it),
  transferReceived(it),
  refund(it),
  webhookDisabled(it.title, it.ref),
  passwordResetCode('042137', it.ref),
  passwordChanged(it.ref),
  keywordHelp(it.ref),
  noTokens(it.ref),
  voucherGivenBack({ meterNumber: '0412345678901', reason: it.reason }, it.ref),
  ...ALERTS.map((alert) => meterAlert(alertFacts(alert), it.ref)),
  tokenText(tokenFacts(it, 1)),
  tokenText({ ...tokenFacts(it, 1), again: it.ref }),
  tokenText(tokenFacts(it, 5)),
  tokenText({ ...tokenFacts(it, 5), again: it.ref }),
];

const ALERTS = ['low_balance', 'days_left', 'daily_use', 'monthly_budget'] as const;
const alertFacts = (alert: (typeof ALERTS)[number]) => ({
  alert,
  meterNumber: '0412345678901',
  value: '1820162.412',
  limit: '1820162.412',
  unit: alert === 'monthly_budget' ? 'NGN' : 'kWh',
  period: '2026-11-28',
});

const tokenFacts = ({ amount, receiptNumber }: Words, count: number) => ({
  tokens: Array<string>(count).fill('34809276733624414743'),
  meterNumber: '0412345678901',
  quantity: '1820162.4 kWh',
  amount,
  receiptNumber,
});

const longest: Words = {
  dueDate: '2026-12-31',
  number: 'B-7K3Q9ZPX4M2D',
  reference: 'P-7K3Q9ZPX4M2D',
  receiptNumber: 'R-7K3Q9ZPX4M2D',
  ref: 'M-7K3Q9ZPX4M2D',
  title: 'Electricity for the whole of the building at 14 Adeola Odeku Street, Victoria Island '.repeat(9),
  note: 'Thank you for the wonderful evening and everything that you did for us. '.repeat(9),
  reason: 'The provider did not accept the payment because of a limit of its own. '.repeat(9),
  amount: naira('10000000.00'),
  balance: naira('999999999999.99'),
};

const fitsOneSegment = ({ text }: Sms) => (septetsOf(text) ?? Infinity) <= ONE_SEGMENT;

test('every message with the longest values is one segment of GSM-7', () => {
  for (const sms of all(longest)) {
    expect([sms.template, septetsOf(sms.text), fitsOneSegment(sms)]).toEqual([
      sms.template,
      expect.any(Number),
      true,
    ]);
  }
  expect(new Set(all(longest).map(({ template }) => template))).toEqual(new Set(TEMPLATES));
});

test('with the longest values the numbers and amounts stand whole, and what people wrote is cut', () => {
  const [, created, changed, cancelled, paid, tooLow, failed, topUp, received, returned] = all(longest);
  for (const { text } of [
    created!,
    changed!,
    cancelled!,
    paid!,
    tooLow!,
    failed!,
    topUp!,
    received!,
    returned!,
  ]) {
    expect(text).toContain('NGN 10000000.00');
  }
  for (const { text } of [created!, changed!, cancelled!]) expect(text).toContain('B-7K3Q9ZPX4M2D');
  for (const { text } of [paid!, tooLow!, failed!, topUp!, received!, returned!]) {
    expect(text).toContain('Ref P-7K3Q9ZPX4M2D.');
  }
  expect(paid!.text).toContain('Receipt R-7K3Q9ZPX4M2D.');
  expect(changed!.text).toContain('Ref M-7K3Q9ZPX4M2D.');
  for (const { text } of [topUp!, received!, returned!]) expect(text).toContain('NGN 999999999999.99');
  expect(paid!.text).toMatch(/for Electricity for the whole .*\.\.\. Receipt/);
});

test('whatever unicode anybody writes, a message is one segment of GSM-7', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const long = fc.string({ unit: 'grapheme', maxLength: 300 });
  const any = fc.oneof(
    text,
    long,
    fc.string({ maxLength: 300 }),
    fc.constantFrom('^{}[]~\\|€'.repeat(30), '₦'.repeat(90)),
  );
  const money = fc.record({ amount: any, currency: any });
  const words = fc.record({
    dueDate: any,
    number: any,
    reference: any,
    receiptNumber: any,
    ref: any,
    title: any,
    note: any,
    reason: any,
    amount: money,
    balance: money,
  });
  fc.assert(
    fc.property(words, (it) => {
      expect(all(it).filter((sms) => !fitsOneSegment(sms))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('whatever unicode a title is, the facts beside it stand whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (title) => {
      const { text } = paymentCompleted({ ...longest, title, amount: naira('50.00') });
      expect(text).toMatch(
        /^Paid: NGN 50\.00.*\. Receipt R-7K3Q9ZPX4M2D\. Ref P-7K3Q9ZPX4M2D\. Thank you\.$/s,
      );
    }),
  );
});

test('the texts read as they should', () => {
  const bill = { number: 'B-1', amount: naira('50.00'), dueDate: '2026-12-01' };
  const payment = { reference: 'P-1', amount: naira('50.00'), title: 'Bill B-1' };
  const wallet = { amount: naira('50.00'), balance: naira('150.00'), reference: 'P-1' };
  expect(billCreated(bill).text).toBe('New bill B-1: NGN 50.00, due 2026-12-01. Pay it in Wattline.');
  expect(billCreated({ ...bill, description: 'November ⚡ rent' }).text).toBe(
    'New bill B-1: NGN 50.00, due 2026-12-01. November rent. Pay it in Wattline.',
  );
  expect(billChanged(bill, 'M-1').text).toBe('Bill B-1 has changed: NGN 50.00, due 2026-12-01. Ref M-1.');
  expect(billCancelled(bill).text).toBe('Bill B-1 of NGN 50.00 is cancelled. There is nothing to pay.');
  expect(paymentCompleted({ ...payment, receiptNumber: 'R-1' }).text).toBe(
    'Paid: NGN 50.00 for Bill B-1. Receipt R-1. Ref P-1. Thank you.',
  );
  expect(paymentFailed({ ...payment, code: 'insufficient_funds', reason: 'x' }).text).toBe(
    'Your wallet is too low to pay NGN 50.00 for Bill B-1. Nothing was taken. Top up, then pay again. Ref P-1.',
  );
  expect(paymentFailed({ ...payment, code: 'other', reason: 'The provider refused.' }).text).toBe(
    'Your payment of NGN 50.00 for Bill B-1 failed: The provider refused. Ref P-1.',
  );
  const token = {
    meterNumber: '04123456784',
    quantity: '12.3 kWh',
    amount: naira('1000.00'),
    receiptNumber: 'R-1',
  };
  expect(tokenText({ ...token, tokens: ['00112233445566778899'] }).text).toBe(
    '0011 2233 4455 6677 8899\n12.3 kWh, meter 04123456784. Paid NGN 1000.00. Receipt R-1.',
  );
  expect(tokenText({ ...token, tokens: ['00112233445566778899'], again: 'M-1' }).text).toMatch(/ Ref M-1\.$/);
  expect(tokenText({ ...token, tokens: ['588224011'], quantity: '7 days' }).text).toMatch(
    /^588 224 011\n7 days/,
  );
  expect(tokenText({ ...token, tokens: [] }).text).toBe(
    '12.3 kWh added online, meter 04123456784. Paid NGN 1000.00. Receipt R-1.',
  );
  expect(walletTopUp(wallet).text).toBe('NGN 50.00 was added to your wallet. Balance NGN 150.00. Ref P-1.');
  expect(transferReceived({ ...wallet, note: 'rent' }).text).toBe(
    'You received NGN 50.00. Note: "rent". Balance NGN 150.00. Ref P-1.',
  );
  expect(transferReceived(wallet).text).toBe('You received NGN 50.00. Balance NGN 150.00. Ref P-1.');
  expect(refund(wallet).text).toBe('NGN 50.00 was given back to your wallet. Balance NGN 150.00. Ref P-1.');
});

test.each([
  ['₦5000', 'NGN 5000'],
  ['“Ẹ káàárọ̀” – Ọlá’s', '"E kaàaro" - Ola\'s'],
  ['Ɗan Ƙasa', 'Dan Kasa'],
  ['a\nb\tc\u00a0d', 'a b c d'],
  ['👩‍👩‍👧 home 🏠', 'home'],
  ['زينب', ''],
  ['Zürich Øre Ñandú', 'Zürich Øre Ñandu'],
  ['ﬁne ½', 'fine 1/2'],
])('%s is written as %s', (text, expected) => {
  expect(toGsm7(text)).toBe(expected);
});

test('a letter of two septets is never cut in half', () => {
  expect(septetsOf(cut('€'.repeat(50), 11))).toBeLessThanOrEqual(11);
  expect(cut('€€€', 6)).toBe('€€€');
  expect(cut('abcdef', 4)).toBe('abcd');
  expect(cut('abcdef', 5)).toBe('abc..');
});
