import { Controller } from '@nestjs/common';
import { PaymentCompleted } from '#contracts';
import { type Money, unreachable } from '#kernel';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { Account } from '../ledger/account.entity.js';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { announceChange } from '../wallets/announce-change.js';
import { openWallet } from '../wallets/open-wallet.js';
import { amountOf, Hold } from './hold.entity.js';
import { holdMachine, type HoldState } from './hold.machine.js';
import { moneyOf, type PaymentFacts } from './payment-facts.js';

@Controller()
export class OnPaymentCompleted {
  /**
   * Takes what the payment holds. Without a hold it fails and is tried again: what was delivered has to be
   * paid, and the hold may only be late.
   */
  @Consumes(PaymentCompleted)
  async take({ data }: EventOf<typeof PaymentCompleted>, tx: Tx): Promise<void> {
    const [amount, payeeId] = [moneyOf(data), payeeOf(data)];
    const [hold, wallet, payee] = await Promise.all([
      tx.load(Hold, data.paymentId),
      tx.load(Account, data.payerId),
      payeeId === undefined ? undefined : openWallet(tx, payeeId, amount.currency),
    ]);
    if (!hold) throw new Error(`nothing is held for payment ${data.paymentId} yet`);
    const end = data.purpose === 'top_up' ? 'released' : 'captured';
    if (isOver(hold, end)) return;
    if (hold.walletId !== wallet?.id || !amount.equals(amountOf(hold))) {
      throw new PermanentError(`payment ${hold.id} is not what was held for it`);
    }
    tx.set(hold, { state: holdMachine.move(hold.state, end), closedAt: tx.now });
    tx.set(wallet, { held: wallet.held - hold.amount });
    switch (data.purpose) {
      case 'top_up':
        if (hold.collected) announceChange(tx, wallet, 'top_up', amount, data);
        return;
      case 'bill':
      case 'electricity':
        return pay(tx, data, amount, wallet, systemAccounts.billers(amount.currency));
      case 'vouchers':
        return pay(tx, data, amount, wallet, systemAccounts.vouchers(amount.currency));
      case 'transfer':
        if (payee) payPerson(tx, data, amount, wallet, payee);
        return;
      default:
        return unreachable(data.purpose);
    }
  }
}

/** True when it has ended this way; throws `ImpossibleTransition` when it has ended in another. */
function isOver(hold: Hold, end: HoldState): boolean {
  if (hold.state === 'refunded') return true; // taken, and given back since
  return hold.state === end || holdMachine.move(hold.state, end) !== end;
}

/** Who receives a transfer. Money that somebody sends to themselves stays where it is. */
function payeeOf(payment: PaymentFacts): string | undefined {
  if (payment.purpose !== 'transfer') return undefined;
  if (!payment.payeeId) throw new PermanentError(`transfer ${payment.paymentId} has no payee`);
  return payment.payeeId === payment.payerId ? undefined : payment.payeeId;
}

function pay(tx: Tx, payment: PaymentFacts, amount: Money, wallet: Account, system: string): void {
  const { paymentId } = payment;
  const note = payment.note ?? payment.title;
  postJournal(tx, {
    kind: 'capture',
    paymentId,
    amount,
    debit: { wallet, entry: 'capture', note },
    credit: { system },
  });
  announceChange(tx, wallet, 'capture', amount.negated(), { ...payment, note });
}

function payPerson(tx: Tx, payment: PaymentFacts, amount: Money, payer: Account, payee: Account): void {
  const { paymentId } = payment;
  // The title is the payer's and may name the payee; the payee reads only what was written to them.
  const note = payment.note ?? payment.title;
  postJournal(tx, {
    kind: 'transfer',
    paymentId,
    amount,
    debit: { wallet: payer, entry: 'transfer_out', note },
    credit: { wallet: payee, entry: 'transfer_in', note: payment.note },
  });
  announceChange(tx, payer, 'transfer_out', amount.negated(), { ...payment, note });
  announceChange(tx, payee, 'transfer_in', amount, payment);
}
