import type { FundsRefused, PayloadOf } from '#contracts';
import type { Money } from '#kernel';
import { type Account, availableOf } from '../ledger/account.entity.js';

/** Why a wallet cannot reserve an amount, or undefined when it can. A wallet that nobody opened is empty. */
export function refusalOf(
  wallet: Account | undefined,
  amount: Money,
): PayloadOf<typeof FundsRefused>['code'] | undefined {
  if (!wallet) return 'insufficient_funds';
  if (wallet.currency !== amount.currency) return 'currency_mismatch';
  return availableOf(wallet).lessThan(amount) ? 'insufficient_funds' : undefined;
}
