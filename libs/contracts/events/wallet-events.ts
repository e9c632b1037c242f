import { defineEvent, t } from '../event-definition.js';
import { WALLET_CHANGES } from '../payment-vocabulary.js';

/** The balance of a wallet changed, and what changed it. */
export const WalletUpdated = defineEvent('wallet_updated', 1, 'wallet', {
  walletId: t.id,
  ownerId: t.id,
  change: t.oneOf(WALLET_CHANGES),
  /** Signed: negative when money left the wallet. */
  amount: t.money,
  balance: t.money,
  available: t.money,
  paymentId: t.maybe(t.id),
  reference: t.maybe(t.text),
  note: t.maybe(t.text),
});

/** An operator put a wallet right. Not a `wallet_updated`: no payment is behind it, and nobody is told by SMS. */
export const WalletAdjusted = defineEvent('wallet_adjusted', 1, 'wallet', {
  walletId: t.id,
  ownerId: t.id,
  /** Signed: negative when money left the wallet. */
  amount: t.money,
  balance: t.money,
  available: t.money,
  reason: t.text,
  decisionId: t.id,
});
