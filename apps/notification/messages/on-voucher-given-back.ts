import { Controller } from '@nestjs/common';
import { VoucherGivenBack } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { voucherGivenBack } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnVoucherGivenBack {
  constructor(private readonly tellUser: TellUser) {}

  /** Whoever redeemed it may have waited for a person to find out, and looks at the phone, not at the app. */
  @Consumes(VoucherGivenBack)
  async handle(event: EventOf<typeof VoucherGivenBack>, tx: Tx): Promise<void> {
    await this.tellUser.run(event, event.data.redeemerId, (ref) => voucherGivenBack(event.data, ref), tx);
  }
}
