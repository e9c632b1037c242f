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
  /** Credits what a provider collected to the payer's wallet, and reserves it for its payment. */
  @Consumes(FundsCollected)
  async credit({ data }: EventOf<typeof FundsCollected>, tx: Tx): Promise<void> {
    const fresh = holdFor(data, tx.now, { collected: true });
    const amount = amountOf(fresh);
    const placed = await tx.insertIfAbsent(Hold, fresh);
    const hold = placed ? fresh : await tx.get(Hold, data.paymentId);
    const wallet = await openWallet(tx, data.payerId, amount.currency);
    if (!placed) {
      if (hold.collected) return;
      if (hold.state !== 'refused') throw new PermanentError(`payment ${hold.id} is paid from the wallet`);
    }
    const kind = data.purpose === 'top_up' ? 'top_up' : 'collected';
    postJournal(tx, {
      kind,
      paymentId: data.paymentId,
      amount,
      debit: { system: systemAccounts.sandboxClearing(amount.currency) },
      credit: { wallet, entry: kind, note: data.note ?? data.title },
    });
    if (placed) {
      tx.set(wallet, { held: wallet.held + amount.minor });
      tx.publish(FundsHeld, data.paymentId, { paymentId: data.paymentId, amount: amount.toJSON() });
    } else {
      tx.set(hold, { collected: true }); // the payment had failed before: its money stays in the wallet
      announceChange(tx, wallet, 'refund', amount, data);
    }
  }
}
