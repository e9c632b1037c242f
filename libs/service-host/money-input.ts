import { type Currency, isCurrency, Money, Problem, refuse, type Result, ok } from '#kernel';

/** 10,000,000.00: the largest amount of one request. */
const MAX_MAJOR = 10_000_000n;

/** An amount as a caller wrote it: positive, exact for the currency, not above ten million. */
export function readAmount(amount: unknown, currency: string | undefined, ours: Currency): Result<Money> {
  if (currency !== undefined && currency !== ours) {
    const known = isCurrency(currency) ? `amounts here are in ${ours}` : 'is not a known currency';
    return refuse(new Problem('validation_failed', known, [{ detail: known, pointer: '#/currency' }]));
  }
  const parsed = Money.parse(amount, ours);
  if (!parsed.ok) return parsed;
  if (!parsed.value.positive) return refuse(outOfRange('must be above zero'));
  if (Money.major(MAX_MAJOR, ours).lessThan(parsed.value))
    return refuse(outOfRange(`must be at most ${MAX_MAJOR}`));
  return ok(parsed.value);
}

function outOfRange(detail: string): Problem {
  return new Problem('validation_failed', `amount ${detail}`, [{ detail, pointer: '#/amount' }]);
}
