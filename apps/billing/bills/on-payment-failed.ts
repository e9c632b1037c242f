import { Controller } from '@nestjs/common';
import { PaymentFailed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { Bill } from './bill.entity.js';

/** Frees the bill for another payment, when it is this one that holds it. */
@Controller()
export class OnPaymentFailed {
  @Consumes(PaymentFailed)
  async freeClaim({ data }: EventOf<typeof PaymentFailed>, tx: Tx): Promise<void> {
    const bill = data.billId && (await tx.load(Bill, data.billId));
    if (bill && bill.claimedBy === data.paymentId) tx.set(bill, { claimedBy: null, claimedAt: null });
  }
}
