import { Controller } from '@nestjs/common';
import { BillCreated } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import { billCreated } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnBillCreated {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(BillCreated)
  async handle(event: EventOf<typeof BillCreated>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    await this.tellUser.run(event, event.data.customerId, () => billCreated(event.data), tx);
  }
}
