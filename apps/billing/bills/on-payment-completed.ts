import { Controller } from '@nestjs/common';
import { PaymentCompleted } from '#contracts';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { reservedUnits } from '../quotes/reserved-units.js';
import { fundPaidBatch } from '../vouchers/fund-batch.js';
import { BillRefund } from './bill-refund.entity.js';
import { Bill } from './bill.entity.js';
import { billMachine } from './bill.machine.js';
import { amountOf } from './bill.rules.js';

/**
 * The bill is paid. What cannot be true (another payment paid it or holds it, it was cancelled, another amount
 * was paid) is a permanent error: the dead letter shows an operator a payment whose bill must be looked at.
 */
@Controller()
export class OnPaymentCompleted {
  @Consumes(PaymentCompleted)
  async markPaid({ data }: EventOf<typeof PaymentCompleted>, tx: Tx): Promise<void> {
    if (!data.billId) return;
    const [bill, refund] = await Promise.all([
      tx.load(Bill, data.billId),
      tx.load(BillRefund, data.paymentId),
    ]);
    if (refund) return; // given back, and told so before this: the bill is owed again
    if (!bill)
      throw new PermanentError(`payment ${data.paymentId} paid bill ${data.billId}, which does not exist`);
    const units = await reservedUnits(tx, bill);
    if (bill.paymentId === data.paymentId) return;
    const status = billMachine.move(bill.status, 'paid');
    if (bill.claimedBy && bill.claimedBy !== data.paymentId) {
      throw new PermanentError(
        `payment ${data.paymentId} paid bill ${bill.id}, which ${bill.claimedBy} holds`,
      );
    }
    const due = amountOf(bill).toJSON();
    if (due.amount !== data.amount.amount || due.currency !== data.amount.currency) {
      throw new PermanentError(`payment ${data.paymentId} paid another amount than that of bill ${bill.id}`);
    }
    if (!bill.claimedBy) units?.take(); // the claim was given up too early: the money has come all the same
    tx.set(bill, {
      status,
      paymentId: data.paymentId,
      paidAt: new Date(data.completedAt),
      claimedBy: null,
      claimedAt: null,
    });
    if (bill.kind === 'vouchers') await fundPaidBatch(tx, bill.id);
  }
}
