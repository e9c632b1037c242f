/** Random digits of a code: one in ten million guesses would not find one of a million vouchers. */
export const RANDOM_DIGITS = 16;
const CODE = /^\d{18}$/;

/**
 * A code is 16 random digits and two check digits (ISO 7064 MOD 97-10): any one wrong digit, and any two digits that
 * changed places, are noticed before anybody looks for the voucher.
 */
export function codeOf(random: string): string {
  const check = 98n - ((BigInt(random) * 100n) % 97n);
  return random + check.toString().padStart(2, '0');
}

/** The digits of a code as somebody typed it, with spaces or hyphens; undefined when it is mistyped. */
export function readCode(typed: string): string | undefined {
  const code = typed.replace(/[\s-]/g, '');
  return CODE.test(code) && BigInt(code) % 97n === 1n ? code : undefined;
}

/** `1234 5678 9012 3456 78`: as it is printed. */
export function inFours(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ');
}
