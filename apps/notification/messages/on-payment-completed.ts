import { Controller } from '@nestjs/common';
import { PaymentCompleted } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import { paymentCompleted } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnPaymentCompleted {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(PaymentCompleted)
  async handle(event: EventOf<typeof PaymentCompleted>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    // Top-ups and transfers are told when the wallet has changed.
    if (event.data.purpose !== 'bill') return;
    await this.tellUser.run(event, event.data.payerId, () => paymentCompleted(event.data), tx);
  }
}
