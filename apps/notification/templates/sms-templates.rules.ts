import { cut, ONE_SEGMENT, septetsOf, toGsm7 } from './gsm7.rules.js';
import { alertText, type MeterAlertFacts } from './meter-alert-text.rules.js';
import type { Amount, BillFacts, PaymentFacts, TokenFacts, VoucherFacts, WalletFacts } from './sms-facts.js';

export const TEMPLATES = [
  'welcome',
  'password_reset_code',
  'password_changed',
  'bill_created',
  'bill_changed',
  'bill_cancelled',
  'payment_completed',
  'payment_failed',
  'token',
  'voucher_given_back',
  'wallet_top_up',
  'transfer_received',
  'refund',
  'webhook_disabled',
  'keyword_help',
  'no_tokens',
  'meter_alert',
] as const;
export type Template = (typeof TEMPLATES)[number];

/** What a person can choose not to be told of; what concerns the account itself is always told. */
export const KIND_OF: Readonly<Record<Template, 'account' | 'bills' | 'payments' | 'wallet'>> = {
  welcome: 'account',
  password_reset_code: 'account',
  password_changed: 'account',
  bill_created: 'bills',
  bill_changed: 'bills',
  bill_cancelled: 'bills',
  payment_completed: 'payments',
  payment_failed: 'payments',
  token: 'account', // paid for: whoever mutes news of payments wants it all the same
  voucher_given_back: 'account',
  wallet_top_up: 'wallet',
  transfer_received: 'wallet',
  refund: 'wallet',
  webhook_disabled: 'account',
  keyword_help: 'account', // asked for
  no_tokens: 'account',
  meter_alert: 'account', // switched on, and off, where it is set
};

/** Whoever reads the text can use it: it is shown to nobody, and forgotten here and at Twilio once it has arrived. */
export const SECRET: ReadonlySet<Template> = new Set<Template>(['password_reset_code']);

/** A text to a person: GSM-7, one segment, with a number in it that no other text to this person carries. */
export interface Sms {
  template: Template;
  text: string;
}

/** `ref` is the message's own number: nothing else in this text is unique. */
export function welcome(ref: string): Sms {
  return sms('welcome', [
    'Welcome to Wattline. Top up your wallet, then pay bills and buy electricity. ',
    'We never ask for your password.',
    withRef(ref),
  ]);
}

/** The code comes first: phones show the beginning. */
export function passwordResetCode(code: string, ref: string): Sms {
  return sms('password_reset_code', [
    `${id(code)} is your Wattline code for a new password, for 10 minutes. `,
    'Tell it to nobody; we never ask for it.',
    withRef(ref),
  ]);
}

export function passwordChanged(ref: string): Sms {
  return sms('password_changed', [
    'Your Wattline password was changed and you are signed out everywhere. ',
    'If it was not you, set a new one at once.',
    withRef(ref),
  ]);
}

export function billCreated(bill: BillFacts): Sms {
  return sms('bill_created', [
    `New bill ${id(bill.number)}: ${money(bill.amount)}, due ${id(bill.dueDate)}.`,
    free(bill.description, ' ', '.'),
    ' Pay it in Wattline.',
  ]);
}

/** A bill may change twice in the same way, so the message's own number tells them apart. */
export function billChanged(bill: BillFacts, ref: string): Sms {
  return sms('bill_changed', [
    `Bill ${id(bill.number)} has changed: ${money(bill.amount)}, due ${id(bill.dueDate)}.`,
    free(bill.description, ' ', '.'),
    withRef(ref),
  ]);
}

export function billCancelled(bill: BillFacts): Sms {
  return sms('bill_cancelled', [
    `Bill ${id(bill.number)} of ${money(bill.amount)} is cancelled. There is nothing to pay.`,
  ]);
}

export function paymentCompleted(payment: PaymentFacts & { receiptNumber: string }): Sms {
  return sms('payment_completed', [
    `Paid: ${money(payment.amount)}`,
    free(payment.title, ' for '),
    `. Receipt ${id(payment.receiptNumber)}.${withRef(payment.reference)} Thank you.`,
  ]);
}

export function paymentFailed(payment: PaymentFacts & { code: string; reason: string }): Sms {
  if (payment.code === 'insufficient_funds') {
    return sms('payment_failed', [
      `Your wallet is too low to pay ${money(payment.amount)}`,
      free(payment.title, ' for '),
      `. Nothing was taken. Top up, then pay again.${withRef(payment.reference)}`,
    ]);
  }
  return sms('payment_failed', [
    `Your payment of ${money(payment.amount)}`,
    free(payment.title && cut(toGsm7(payment.title), 40), ' for '),
    ' failed',
    free(payment.reason.replace(/\.+\s*$/, ''), ': '),
    `.${withRef(payment.reference)}`,
  ]);
}

/** The digits come first, in groups: they are what people type off. Of five tokens little else has room. */
export function tokenText({ tokens, meterNumber, quantity, amount, receiptNumber, again }: TokenFacts): Sms {
  const digits = tokens.map(inGroups).join('\n');
  const many = tokens.length > 1;
  return sms('token', [
    digits === '' ? `${quantity} added online` : `${digits}\n${quantity}`,
    free(many ? undefined : `meter ${id(meterNumber)}`, ', '),
    free(many || !amount ? undefined : money(amount), '. Paid ', '.'),
    many ? ` ${id(again ?? receiptNumber)}.` : `${amount ? '' : '.'} Receipt ${id(receiptNumber)}.`,
    many || again === undefined ? '' : withRef(again),
  ]);
}

export function voucherGivenBack({ meterNumber, reason }: VoucherFacts, ref: string): Sms {
  return sms('voucher_given_back', [
    `Your voucher brought no credit to meter ${id(meterNumber)}`,
    free(reason.replace(/\.+\s*$/, ''), ': '),
    `. It is as good as before.${withRef(ref)}`,
  ]);
}

export function walletTopUp(wallet: WalletFacts): Sms {
  return sms('wallet_top_up', [
    `${size(wallet.amount)} was added to your wallet. Balance ${money(wallet.balance)}.${withRef(wallet.reference)}`,
  ]);
}

export function transferReceived(wallet: WalletFacts): Sms {
  return sms('transfer_received', [
    `You received ${size(wallet.amount)}.`,
    free(wallet.note, ' Note: "', '".'),
    ` Balance ${money(wallet.balance)}.${withRef(wallet.reference)}`,
  ]);
}

export function refund(wallet: WalletFacts): Sms {
  return sms('refund', [
    `${size(wallet.amount)} was given back to your wallet. Balance ${money(wallet.balance)}.${withRef(wallet.reference)}`,
  ]);
}

export function webhookDisabled(host: string, ref: string): Sms {
  return sms('webhook_disabled', [
    'Your webhook endpoint',
    free(host, ' at '),
    ` has failed for three days and is switched off. Repair it, then switch it on again.${withRef(ref)}`,
  ]);
}

/** To whoever sends us words that we do not know. */
export function keywordHelp(ref: string): Sms {
  return sms('keyword_help', [
    'Send TOKEN to get your last electricity tokens again, or TOKEN and the last 4 digits of a meter.',
    withRef(ref),
  ]);
}

export function noTokens(ref: string): Sms {
  return sms('no_tokens', [
    'No electricity tokens were bought with your account for this. Buy in Wattline, then they come by SMS.',
    withRef(ref),
  ]);
}

export function meterAlert(facts: MeterAlertFacts, ref: string): Sms {
  return sms('meter_alert', [`${id(alertText(facts))}${withRef(ref)}`]);
}

/** Words of people or of other systems: they take the room that the rest of the text leaves. */
interface Free {
  words: string;
  before: string;
  after: string;
}

function free(words: string | undefined, before: string, after = ''): Free {
  return { words: toGsm7(words ?? ''), before, after };
}

function sms(template: Template, parts: (string | Free)[]): Sms {
  let room = ONE_SEGMENT;
  for (const part of parts) room -= typeof part === 'string' ? width(part) : 0;
  const text = parts.map((part) => {
    if (typeof part === 'string') return part;
    const words = cut(part.words, room - width(part.before + part.after));
    if (words === '') return '';
    const whole = part.before + words + part.after;
    room -= width(whole);
    return whole;
  });
  // Only absurd numbers reach the end of the segment; a text of two segments may arrive torn.
  return { template, text: cut(text.join(''), ONE_SEGMENT) };
}

function width(text: string): number {
  return septetsOf(text) ?? Infinity;
}

/** In fours as on meters, in threes as on devices that are paid by time. */
const inGroups = (digits: string) =>
  digits.replace(digits.length % 4 === 0 ? /(.{4})(?=.)/g : /(.{3})(?=.)/g, '$1 ');
const money = ({ amount, currency }: Amount) => `${id(currency)} ${id(amount)}`;
const size = ({ amount, currency }: Amount) => money({ amount: amount.replace(/^-/, ''), currency });
const withRef = (reference: string) => ` Ref ${id(reference)}.`;
/** Numbers and dates are never cut in the middle of what people type off. */
const id = (text: string) => toGsm7(text);
