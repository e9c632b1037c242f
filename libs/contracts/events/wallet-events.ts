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
