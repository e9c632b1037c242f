import type { Currency } from '#kernel';

/**
 * Accounts without a person, one of each for every currency, made by the migration. Nobody loads them: every
 * payment touches them, so they are changed by `tx.add` alone.
 */
export const systemAccounts = {
  /** Money that the sandbox says it has collected. */
  sandboxClearing: (currency: Currency) => `clearing:sandbox:${currency}`,
  billers: (currency: Currency) => `billers:${currency}`,
  adjustments: (currency: Currency) => `adjustments:${currency}`,
};
