import { Controller } from '@nestjs/common';
import { FundsCollected, FundsHeld } from '#contracts';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { announceChange } from '../wallets/announce-change.js';
import { openWallet } from '../wallets/open-wallet.js';
import { amountOf, Hold, holdFor } from './hold.entity.js';

@Controller()
export class OnFundsCollected {
  /**
   * Credits what a provider collected to the payer's wallet, and reserves it for its payment. A top-up reserves
   * nothing: who is told that it is paid can spend it.
   */
  @Consumes(FundsCollected)
  async credit({ data }: EventOf<typeof FundsCollected>, tx: Tx): Promise<void> {
    const isTopUp = data.purpose === 'top_up';
    const fresh = holdFor(data, tx.now, { collected: true, ...(isTopUp && released(tx.now)) });
    const amount = amountOf(fresh);
    const [placed, hold, wallet] = await Promise.all([
      tx.insertIfAbsent(Hold, fresh),
      tx.get(Hold, data.paymentId),
      openWallet(tx, data.payerId, amount.currency),
    ]);
    if (!placed) {
      if (hold.collected) return;
      if (hold.state !== 'refused') throw new PermanentError(`payment ${hold.id} is paid from the wallet`);
    }
    const kind = isTopUp ? 'top_up' : 'collected';
    postJournal(tx, {
      kind,
      paymentId: data.paymentId,
      amount,
      debit: { system: systemAccounts.sandboxClearing(amount.currency) },
      credit: { wallet, entry: kind, note: data.note ?? data.title },
    });
    if (!placed) {
      tx.set(hold, { collected: true }); // the payment had failed before: its money stays in the wallet
      announceChange(tx, wallet, 'refund', amount, data);
      return;
    }
    if (isTopUp) announceChange(tx, wallet, 'top_up', amount, data);
    else tx.set(wallet, { held: wallet.held + amount.minor });
    tx.publish(FundsHeld, data.paymentId, { paymentId: data.paymentId, amount: amount.toJSON() });
  }
}

const released = (at: Date) => ({ state: 'released', closedAt: at }) as const;
