import { Controller } from '@nestjs/common';
import { type WalletChange, WalletUpdated } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellPartners } from '../partners/tell-partners.js';
import type { WalletFacts } from '../templates/sms-facts.js';
import { refund, type Sms, transferReceived, walletTopUp } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

/** The payer of a bill or a transfer hears of it by the payment; the wallet tells only of money that came in. */
const TELLS: Readonly<Record<WalletChange, ((wallet: WalletFacts) => Sms) | undefined>> = {
  top_up: walletTopUp,
  transfer_in: transferReceived,
  refund,
  transfer_out: undefined,
  capture: undefined,
};

@Controller()
export class OnWalletUpdated {
  constructor(
    private readonly tellUser: TellUser,
    private readonly tellPartners: TellPartners,
  ) {}

  @Consumes(WalletUpdated)
  async handle(event: EventOf<typeof WalletUpdated>, tx: Tx): Promise<void> {
    await this.tellPartners.run(event, tx);
    const { ownerId, change, reference } = event.data;
    const write = TELLS[change];
    if (!write) return;
    await this.tellUser.run(
      event,
      ownerId,
      (ref) => write({ ...event.data, reference: reference ?? ref }),
      tx,
    );
  }
}
