import { Controller } from '@nestjs/common';
import { PasswordChanged } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { passwordChanged } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnPasswordChanged {
  constructor(private readonly tellUser: TellUser) {}

  @Consumes(PasswordChanged)
  async handle(event: EventOf<typeof PasswordChanged>, tx: Tx): Promise<void> {
    await this.tellUser.run(event, event.data.userId, passwordChanged, tx);
  }
}
