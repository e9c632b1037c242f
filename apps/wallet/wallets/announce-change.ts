import { WalletUpdated, type WalletChange } from '#contracts';
import type { Money } from '#kernel';
import type { Tx } from '#messaging';
import { type Account, availableOf, balanceOf } from '../ledger/account.entity.js';

/** What led to a change: the payment, by its id and by the reference that people quote, and a word about it. */
export interface Occasion {
  /** None when it was no payment. */
  paymentId?: string;
  reference: string;
  note?: string;
}

/** Tells what changed a wallet's balance, with the wallet as it is afterwards. `amount` is signed. */
export function announceChange(
  tx: Tx,
  wallet: Account,
  change: WalletChange,
  amount: Money,
  occasion: Occasion,
) {
  const { paymentId, reference, note } = occasion;
  tx.publish(WalletUpdated, wallet.id, {
    walletId: wallet.id,
    ownerId: wallet.id,
    change,
    amount: amount.toJSON(),
    balance: balanceOf(wallet).toJSON(),
    available: availableOf(wallet).toJSON(),
    ...(paymentId !== undefined && { paymentId }),
    reference,
    ...(note && { note }),
  });
}
