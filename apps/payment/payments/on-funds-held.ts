import { Controller } from '@nestjs/common';
import { FundsHeld, VendRequested } from '#contracts';
import { unreachable } from '#kernel';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { completePayment } from './complete-payment.js';
import { amountOf, Payment } from './payment.entity.js';
import { paymentMachine } from './payment.machine.js';

@Controller()
export class OnFundsHeld {
  @Consumes(FundsHeld)
  async fulfil(event: EventOf<typeof FundsHeld>, tx: Tx): Promise<void> {
    const payment = await tx.get(Payment, event.data.paymentId);
    tx.set(payment, { status: paymentMachine.move(payment.status, 'PROCESSING'), heldAt: tx.now });
    switch (payment.purpose) {
      case 'electricity':
        return requestVend(payment, tx);
      case 'bill':
      case 'vouchers':
      case 'top_up':
      case 'transfer':
        return completePayment(payment, tx); // nothing has to happen outside
      default:
        return unreachable(payment.purpose);
    }
  }
}

/** Billing makes the credit, and says how it ended. */
function requestVend(payment: Payment, tx: Tx): void {
  const { id, billId, payerId, meterNumber } = payment;
  if (!billId || !meterNumber) throw new PermanentError(`payment ${id} is for electricity, and for no meter`);
  const amount = amountOf(payment).toJSON();
  tx.publish(VendRequested, id, { paymentId: id, billId, payerId, meterNumber, amount });
}
