import { Controller } from '@nestjs/common';
import { FundsRefused } from '#contracts';
import { unreachable } from '#kernel';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { failPayment } from './complete-payment.js';
import { Payment } from './payment.entity.js';

@Controller()
export class OnFundsRefused {
  @Consumes(FundsRefused)
  async fail(event: EventOf<typeof FundsRefused>, tx: Tx): Promise<void> {
    const { paymentId, code } = event.data;
    const payment = await tx.get(Payment, paymentId);
    failPayment(payment, code, reasonFor(code), tx);
  }
}

function reasonFor(code: EventOf<typeof FundsRefused>['data']['code']): string {
  switch (code) {
    case 'insufficient_funds':
      return 'The wallet does not hold enough money.';
    case 'currency_mismatch':
      return 'The wallet is in another currency.';
    default:
      return unreachable(code);
  }
}
