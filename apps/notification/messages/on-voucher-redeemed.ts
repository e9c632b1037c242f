import { Controller } from '@nestjs/common';
import { VoucherRedeemed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellUser } from './tell-user.js';

@Controller()
export class OnVoucherRedeemed {
  constructor(private readonly tellUser: TellUser) {}

  /** The token of the credit, as after a purchase. */
  @Consumes(VoucherRedeemed)
  async handle(event: EventOf<typeof VoucherRedeemed>, tx: Tx): Promise<void> {
    const { vendId, redeemerId } = event.data;
    await this.tellUser.run(event, redeemerId, () => ({ template: 'token', vendId, again: false }), tx);
  }
}
