import { Controller } from '@nestjs/common';
import { FundsHeld, FundsRefused, PaymentInitiated } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { Account } from '../ledger/account.entity.js';
import { amountOf, Hold, holdFor } from './hold.entity.js';
import { refusalOf } from './refusal.rules.js';

@Controller()
export class OnPaymentInitiated {
  /** Reserves the amount, or says that there is too little. Other methods bring their money themselves. */
  @Consumes(PaymentInitiated)
  async reserve(event: EventOf<typeof PaymentInitiated>, tx: Tx): Promise<void> {
    const { paymentId, payerId, method } = event.data;
    if (method !== 'wallet') return;
    const hold = holdFor(event.data, tx.now);
    const amount = amountOf(hold);
    const [placed, wallet] = await Promise.all([tx.insertIfAbsent(Hold, hold), tx.load(Account, payerId)]);
    if (!placed) return; // decided before, or failed before we heard of it
    const refusal = refusalOf(wallet, amount);
    if (refusal || !wallet) {
      const code = refusal ?? 'insufficient_funds';
      tx.set(hold, { state: 'refused', closedAt: tx.now }); // nobody has seen it held: the row is of this transaction
      tx.publish(FundsRefused, paymentId, { paymentId, amount: amount.toJSON(), code });
      return;
    }
    tx.set(wallet, { held: wallet.held + amount.minor });
    tx.publish(FundsHeld, paymentId, { paymentId, amount: amount.toJSON() });
  }
}
