import { Controller } from '@nestjs/common';
import { VendFailed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { failPayment } from '../payments/complete-payment.js';
import { Payment } from '../payments/payment.entity.js';

@Controller()
export class OnVendFailed {
  @Consumes(VendFailed)
  async fail({ data }: EventOf<typeof VendFailed>, tx: Tx): Promise<void> {
    if (data.paymentId) failPayment(await tx.get(Payment, data.paymentId), data.code, data.reason, tx);
  }
}
