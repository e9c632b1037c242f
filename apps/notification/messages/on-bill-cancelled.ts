import { Controller } from '@nestjs/common';
import { BillCancelled } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import { billCancelled } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnBillCancelled {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(BillCancelled)
  async handle(event: EventOf<typeof BillCancelled>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    await this.tellUser.run(event, event.data.customerId, () => billCancelled(event.data), tx);
  }
}
