import { Controller, Inject } from '@nestjs/common';
import { PasswordResetRequested } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { SETTINGS, unseal } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { passwordResetCode } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnPasswordResetRequested {
  constructor(
    private readonly tellUser: TellUser,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /** A code that is too old when the event arrives would only confuse. */
  @Consumes(PasswordResetRequested)
  async handle(event: EventOf<typeof PasswordResetRequested>, tx: Tx): Promise<void> {
    const { userId, sealedCode, expiresAt } = event.data;
    if (new Date(expiresAt) <= tx.now) return;
    const code = unseal(sealedCode, this.settings.CONTACT_SECRET, 'reset code');
    await this.tellUser.run(event, userId, (ref) => passwordResetCode(code, ref), tx);
  }
}
