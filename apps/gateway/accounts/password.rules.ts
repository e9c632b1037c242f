import { ok, Problem, refuse, type Result } from '#kernel';
import { WORST_PASSWORDS } from './worst-passwords.js';

export const SHORTEST_PASSWORD = 10;
/** Longer ones would only make hashing dear. */
export const LONGEST_PASSWORD = 200;

/** Stands in the documentation, so it protects nobody. */
const DEMO_PASSWORD = 'wattline-demo';

/**
 * Length counts, not the mixture of characters (NIST SP 800-63B §3.1.1.2). Refused besides what is short: the
 * person's own phone number, in any writing, and what everybody tries first. Refusal: validation_failed.
 */
export function checkPassword(password: string, phone: string, mode: 'demo' | 'production'): Result<string> {
  const fault = faultOf(password, phone, mode);
  if (!fault) return ok(password.normalize('NFKC'));
  return refuse(new Problem('validation_failed', fault, [{ detail: fault, pointer: '#/password' }]));
}

function faultOf(password: string, phone: string, mode: 'demo' | 'production'): string | undefined {
  if ([...password].length < SHORTEST_PASSWORD)
    return `password must have at least ${SHORTEST_PASSWORD} characters`;
  if (password.length > LONGEST_PASSWORD) return `password must have at most ${LONGEST_PASSWORD} characters`;
  if (isPhone(password, phone)) return 'password must not be the phone number';
  const lower = password.toLowerCase();
  const famous = WORST_PASSWORDS.has(lower) || (mode === 'production' && lower === DEMO_PASSWORD);
  return famous ? 'password is one of those that everybody tries first' : undefined;
}

/** `+234 801 000 0001`, `08010000001` and `8010000001` are all the phone +2348010000001. */
function isPhone(password: string, phone: string): boolean {
  if (/[^\d\s+().-]/.test(password)) return false;
  const digits = password.replace(/\D/g, '').replace(/^0+/, '');
  return digits.length >= 7 && phone.endsWith(digits);
}
