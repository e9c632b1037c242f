import { Controller } from '@nestjs/common';
import { PaymentRefunded } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { reservedUnits } from '../quotes/reserved-units.js';
import { BillRefund } from './bill-refund.entity.js';
import { Bill } from './bill.entity.js';
import { billMachine } from './bill.machine.js';
import { freeClaim } from './free-claim.js';

/**
 * The money is back with the payer, so the bill is owed again; whoever wants it gone cancels it. Right also before
 * `payment_completed` is heard of, and for a bill that somebody else has paid since.
 */
@Controller()
export class OnPaymentRefunded {
  @Consumes(PaymentRefunded)
  async reopen({ data }: EventOf<typeof PaymentRefunded>, tx: Tx): Promise<void> {
    const { billId, paymentId } = data;
    if (!billId) return;
    await tx.insertIfAbsent(BillRefund, { paymentId, billId, refundedAt: new Date(data.refundedAt) });
    const bill = await tx.load(Bill, billId);
    const units = bill && (await reservedUnits(tx, bill));
    if (bill?.paymentId === paymentId) {
      units?.giveBack();
      tx.set(bill, { status: billMachine.move(bill.status, 'unpaid'), paymentId: null, paidAt: null });
    } else await freeClaim(tx, billId, paymentId);
  }
}
