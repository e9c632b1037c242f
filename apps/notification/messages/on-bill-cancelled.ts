import { Controller } from '@nestjs/common';
import { BillCancelled } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { billCancelled } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnBillCancelled {
  constructor(private readonly tellUser: TellUser) {}

  @Consumes(BillCancelled)
  async handle(event: EventOf<typeof BillCancelled>, tx: Tx): Promise<void> {
    await this.tellUser.run(event, event.data.customerId, () => billCancelled(event.data), tx);
  }
}
