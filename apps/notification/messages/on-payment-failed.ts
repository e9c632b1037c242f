import { Controller } from '@nestjs/common';
import { PaymentFailed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import { paymentFailed } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnPaymentFailed {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(PaymentFailed)
  async handle(event: EventOf<typeof PaymentFailed>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    await this.tellUser.run(event, event.data.payerId, () => paymentFailed(event.data), tx);
  }
}
