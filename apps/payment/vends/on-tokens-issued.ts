import { Controller } from '@nestjs/common';
import { TokensIssued } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { completePayment } from '../payments/complete-payment.js';
import { Payment } from '../payments/payment.entity.js';

@Controller()
export class OnTokensIssued {
  /** The credit exists. A payment that has ended otherwise cannot be: the dead letter shows it to operators. */
  @Consumes(TokensIssued)
  async complete({ data }: EventOf<typeof TokensIssued>, tx: Tx): Promise<void> {
    if (data.paymentId) completePayment(await tx.get(Payment, data.paymentId), tx);
  }
}
