import { Controller } from '@nestjs/common';
import { TokensWantedAgain } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { TellUser } from './tell-user.js';

@Controller()
export class OnTokensWantedAgain {
  constructor(private readonly tellUser: TellUser) {}

  @Consumes(TokensWantedAgain)
  async handle(event: EventOf<typeof TokensWantedAgain>, tx: Tx): Promise<void> {
    const { vendId, ownerId } = event.data;
    await this.tellUser.run(event, ownerId, () => ({ template: 'token', vendId, again: true }), tx);
  }
}
