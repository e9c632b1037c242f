import { Controller } from '@nestjs/common';
import { PaymentFailed } from '#contracts';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { Account } from '../ledger/account.entity.js';
import { announceChange } from '../wallets/announce-change.js';
import { amountOf, Hold, holdFor } from './hold.entity.js';
import { holdMachine } from './hold.machine.js';

@Controller()
export class OnPaymentFailed {
  /** Frees what the payment holds. What a provider collected for it stays in the wallet: that is the refund. */
  @Consumes(PaymentFailed)
  async free({ data }: EventOf<typeof PaymentFailed>, tx: Tx): Promise<void> {
    // Failed before its money was asked for: remembered, so that a late request reserves nothing for ever.
    const never = holdFor(data, tx.now, { state: 'refused', closedAt: tx.now });
    const [, hold, wallet] = await Promise.all([
      tx.insertIfAbsent(Hold, never),
      tx.get(Hold, data.paymentId),
      tx.load(Account, data.payerId),
    ]);
    if (hold.state === 'refused' || hold.state === 'released') return;
    if (hold.walletId !== wallet?.id)
      throw new PermanentError(`payment ${hold.id} is not what was held for it`);
    tx.set(hold, { state: holdMachine.move(hold.state, 'released'), closedAt: tx.now });
    tx.set(wallet, { held: wallet.held - hold.amount });
    if (hold.collected) announceChange(tx, wallet, 'refund', amountOf(hold), data);
  }
}
