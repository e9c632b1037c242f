import { Controller, Inject } from '@nestjs/common';
import { UserRegistered } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { type BaseSettings, SETTINGS } from '#service-host';
import { Account, emptyWallet } from '../ledger/account.entity.js';

@Controller()
export class OnUserRegistered {
  constructor(@Inject(SETTINGS) private readonly settings: BaseSettings) {}

  /** Opens the wallet, unless money came first and opened it. */
  @Consumes(UserRegistered)
  async open(event: EventOf<typeof UserRegistered>, tx: Tx): Promise<void> {
    await tx.insertIfAbsent(Account, emptyWallet(event.data.userId, this.settings.CURRENCY, tx.now));
  }
}
