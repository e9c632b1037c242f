import { Controller } from '@nestjs/common';
import { PaymentFailed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { freeClaim } from './free-claim.js';

/** Frees the bill for another payment, when it is this one that holds it. */
@Controller()
export class OnPaymentFailed {
  @Consumes(PaymentFailed)
  async freeClaim({ data }: EventOf<typeof PaymentFailed>, tx: Tx): Promise<void> {
    if (data.billId) await freeClaim(tx, data.billId, data.paymentId);
  }
}
