import { Controller } from '@nestjs/common';
import { FundsHeld } from '#contracts';
import { unreachable } from '#kernel';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { completePayment } from './complete-payment.js';
import { Payment } from './payment.entity.js';
import { paymentMachine } from './payment.machine.js';

@Controller()
export class OnFundsHeld {
  @Consumes(FundsHeld)
  async fulfil(event: EventOf<typeof FundsHeld>, tx: Tx): Promise<void> {
    const payment = await tx.get(Payment, event.data.paymentId);
    tx.set(payment, { status: paymentMachine.move(payment.status, 'PROCESSING'), heldAt: tx.now });
    switch (payment.purpose) {
      case 'bill':
      case 'top_up':
      case 'transfer':
        return completePayment(payment, tx); // nothing has to happen outside
      default:
        return unreachable(payment.purpose);
    }
  }
}
