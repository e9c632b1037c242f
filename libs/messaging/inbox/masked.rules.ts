import { isId, maskName, maskPhone } from '#kernel';

const SECRET = /token|pin$|password|secret|otp/i;
const SEALED = /sealed/i;
const PHONE = /phone|msisdn/i;
const NAME = /(^|[a-z_])name$/i;
const AMOUNT = /amount|balance|available/i;
/** Ids are not numbers to call, whatever digits they have. */
const ID_OR_NUMBER =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d{2}-\d{2}T[\d:.]+Z?|\+?\d(?:[ ().-]{0,2}\d){7,}/gi;
const LONGEST = 500;
/** E.164; what has more digits is a token. */
const LONGEST_PHONE = 15;

/**
 * What an operator may see of a payload: phones and names are masked, tokens are hidden, sealed values are cut. What
 * is worth money or reaches a person does not leave the service that has it.
 */
export function masked(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((it) => masked(it, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, masked(it, key)]));
  }
  if (SEALED.test(name)) return '(sealed)';
  if (SECRET.test(name) && typeof value !== 'boolean') return '••••';
  if (AMOUNT.test(name)) return value;
  if (PHONE.test(name)) return maskPhone(String(value));
  if (typeof value === 'number' && String(Math.trunc(Math.abs(value))).length >= 8) {
    return maskPhone(String(value));
  }
  if (typeof value !== 'string' || isId(value)) return value;
  return NAME.test(name) ? maskName(value) : maskedText(value);
}

/** Free text: whatever looks like a phone number or a token is masked, and what is long is cut. */
export function maskedText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replaceAll(ID_OR_NUMBER, (found) => {
    if (isId(found.toLowerCase()) || found.includes('T')) return found;
    if (isDay(found)) return found;
    return found.replaceAll(/\D/g, '').length > LONGEST_PHONE ? '••••' : maskPhone(found);
  });
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);
