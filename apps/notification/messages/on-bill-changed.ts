import { Controller } from '@nestjs/common';
import { BillChanged } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import { billChanged } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnBillChanged {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(BillChanged)
  async handle(event: EventOf<typeof BillChanged>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    await this.tellUser.run(event, event.data.customerId, (ref) => billChanged(event.data, ref), tx);
  }
}
