import { Injectable } from '@nestjs/common';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { FindEndpoints } from './find-endpoints.js';
import { WebhookDeliveryRow } from './webhook-delivery.entity.js';
import { wants, webhookMessage } from './webhook-events.rules.js';

/** Writes down, with the event, to which endpoints it goes; they are called after the commit. */
@Injectable()
export class TellPartners {
  constructor(
    private readonly findEndpoints: FindEndpoints,
    private readonly deliverWebhooks: DeliverWebhooks,
  ) {}

  async run(event: Envelope, tx: Tx): Promise<void> {
    const message = webhookMessage(event);
    if (!message) return;
    const { type, body } = message;
    const endpoints = await this.findEndpoints.run(message.ownerId);
    const chosen = endpoints.filter(({ events }) => wants(events, type));
    if (chosen.length === 0) return;
    const rows = chosen.map(({ id }) => ({
      id: newId(tx.now.getTime()),
      endpointId: id,
      eventId: event.id,
      type,
      body,
      state: 'pending' as const,
      attempts: 0,
      step: 0,
      nextAt: tx.now,
      lastStatus: null,
      lastAnswer: null,
      lastError: null,
      correlationId: event.correlationid,
      createdAt: tx.now,
      endedAt: null,
    }));
    await Promise.all(rows.map((row) => tx.insertIfAbsent(WebhookDeliveryRow, row)));
    tx.afterCommit(() => this.deliverWebhooks.soon());
  }
}
