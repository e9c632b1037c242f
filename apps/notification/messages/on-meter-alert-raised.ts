import { Controller } from '@nestjs/common';
import { MeterAlertRaised } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { meterAlert } from '../templates/sms-templates.rules.js';
import { TellUser } from './tell-user.js';

@Controller()
export class OnMeterAlertRaised {
  constructor(private readonly tellUser: TellUser) {}

  @Consumes(MeterAlertRaised)
  async handle(event: EventOf<typeof MeterAlertRaised>, tx: Tx): Promise<void> {
    const { ownerId, sms } = event.data;
    await this.tellUser.run(event, ownerId, (ref) => meterAlert(event.data, ref), tx, { sms });
  }
}
