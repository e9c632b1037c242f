import { Controller } from '@nestjs/common';
import { PaymentRefunded } from '#contracts';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { Account } from '../ledger/account.entity.js';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { announceChange } from '../wallets/announce-change.js';
import { amountOf, Hold } from './hold.entity.js';
import { holdMachine } from './hold.machine.js';

@Controller()
export class OnPaymentRefunded {
  /**
   * Gives the money back from where it went. While the hold is not taken yet it fails and is tried again: the
   * payment was completed before it was refunded, and that event is only late.
   */
  @Consumes(PaymentRefunded)
  async giveBack({ data }: EventOf<typeof PaymentRefunded>, tx: Tx): Promise<void> {
    const [hold, wallet] = await Promise.all([tx.load(Hold, data.paymentId), tx.load(Account, data.payerId)]);
    if (!hold) throw new Error(`nothing is held for payment ${data.paymentId} yet`);
    if (hold.state === 'refunded') return;
    if (hold.state === 'held') throw new Error(`the money of payment ${hold.id} is not taken yet`);
    if (hold.walletId !== wallet?.id)
      throw new PermanentError(`payment ${hold.id} is not what was held for it`);
    const amount = amountOf(hold);
    tx.set(hold, { state: holdMachine.move(hold.state, 'refunded'), closedAt: tx.now });
    postJournal(tx, {
      kind: 'refund',
      paymentId: hold.id,
      amount,
      debit: { system: systemAccounts.billers(amount.currency) },
      credit: { wallet, entry: 'refund', note: data.title },
    });
    announceChange(tx, wallet, 'refund', amount, data);
  }
}
