import type { Currency } from '#kernel';

/**
 * Accounts without a person, one of each for every currency, made by the migration. Nobody loads them: every
 * payment touches them, so they are changed by `tx.add` alone.
 */
export const systemAccounts = {
  /** Money that the sandbox says it has collected. */
  sandboxClearing: (currency: Currency) => `clearing:sandbox:${currency}`,
  billers: (currency: Currency) => `billers:${currency}`,
  /** What vouchers that are unused may still be redeemed for. */
  vouchers: (currency: Currency) => `vouchers:${currency}`,
  /** What operators have given away as vouchers. */
  grants: (currency: Currency) => `grants:${currency}`,
  adjustments: (currency: Currency) => `adjustments:${currency}`,
};
