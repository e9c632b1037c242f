import { Controller } from '@nestjs/common';
import { PaymentCompleted } from '#contracts';
import { unreachable } from '#kernel';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import { paymentCompleted } from '../templates/sms-templates.rules.js';
import { type ComposedLater, TellUser } from './tell-user.js';

@Controller()
export class OnPaymentCompleted {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(PaymentCompleted)
  async handle(event: EventOf<typeof PaymentCompleted>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    const { purpose, payerId, paymentId } = event.data;
    switch (purpose) {
      case 'bill':
      case 'vouchers':
        return this.tellUser.run(event, payerId, () => paymentCompleted(event.data), tx);
      case 'electricity':
        return this.tellUser.run(event, payerId, () => tokenOf(paymentId), tx);
      case 'top_up':
      case 'transfer':
        return; // told when the wallet has changed
      default:
        return unreachable(purpose);
    }
  }
}

const tokenOf = (vendId: string): ComposedLater => ({ template: 'token', vendId, again: false });
