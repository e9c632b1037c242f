import { Controller } from '@nestjs/common';
import { VendInDoubt } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { Payment } from '../payments/payment.entity.js';

@Controller()
export class OnVendInDoubt {
  /** Shown to the payer and to operators until the outcome is known; it may be known already. */
  @Consumes(VendInDoubt)
  async show({ data, time }: EventOf<typeof VendInDoubt>, tx: Tx): Promise<void> {
    if (!data.paymentId) return;
    const payment = await tx.get(Payment, data.paymentId);
    if (payment.status === 'PROCESSING') tx.set(payment, { inDoubtSince: new Date(time) });
  }
}
