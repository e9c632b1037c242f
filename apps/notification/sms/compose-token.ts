import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Quantity, VendDetails } from '#contracts';
import { type Id, newId, numberFor } from '#kernel';
import { InternalClient, seal, SETTINGS } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { tokenText } from '../templates/sms-templates.rules.js';

/** The vend of a message whose text is composed when it is sent. */
export interface Composition {
  vendId: Id;
  /** The tokens were sent before. */
  again: boolean;
}

/** `12.3 kWh`, `1 day`, `30 days` */
const quantityText = ({ kwh, days }: Quantity) =>
  days === undefined ? `${kwh ?? '0'} kWh` : days === 1 ? '1 day' : `${days} days`;

/**
 * Fetches the tokens and writes the text of the SMS that brings them, sealed. Only now, so that no event, inbox or
 * command ever holds them. Written once: the text that was sent is the one that is looked for at Twilio.
 */
@Injectable()
export class ComposeToken {
  constructor(
    private readonly client: InternalClient,
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /** Throws while billing is away; then nothing was sent. */
  async run(messageId: Id, { vendId, again }: Composition): Promise<void> {
    const context = { correlationId: newId() };
    const vend = await this.client.call<VendDetails>('billing', 'GET', `/internal/vends/${vendId}`, context);
    if (!vend.ok) throw vend.problem;
    const { tokens, meterNumber, units, amount } = vend.value;
    const { text } = tokenText({
      tokens: tokens.map(({ token }) => token),
      meterNumber,
      quantity: quantityText(units),
      ...(Number(amount.amount) > 0 && { amount }),
      receiptNumber: numberFor('R', vendId),
      ...(again && { again: numberFor('M', messageId) }),
    });
    await this.dataSource.query(
      `UPDATE messages SET body = $2 WHERE id = $1 AND user_id = $3 AND body = ''`,
      [messageId, seal(text, this.settings.CONTACT_SECRET, 'message'), vend.value.ownerId],
    );
  }
}
