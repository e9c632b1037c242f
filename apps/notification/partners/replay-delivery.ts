import { Injectable } from '@nestjs/common';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { WebhookDeliveryRow } from './webhook-delivery.entity.js';
import { deliveryMachine } from './webhook-delivery.machine.js';
import { WebhookEndpointRow } from './webhook-endpoint.entity.js';

@Injectable()
export class ReplayDelivery {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly deliverWebhooks: DeliverWebhooks,
  ) {}

  /**
   * Sends a delivery again, at once and by a schedule of its own, under the same id. Refusals: not_found; conflict
   * while an attempt is under way, or the endpoint is disabled.
   */
  async run(caller: UserCaller, endpointId: string, deliveryId: string): Promise<Result<WebhookDeliveryRow>> {
    if (!isId(endpointId) || !isId(deliveryId)) return refuse(new Problem('not_found'));
    return this.requests.run(caller, async (tx) => {
      const [delivery, endpoint] = await Promise.all([
        tx.load(WebhookDeliveryRow, deliveryId),
        tx.load(WebhookEndpointRow, endpointId),
      ]);
      const own = endpoint?.ownerId === caller.userId && delivery?.endpointId === endpointId;
      if (!own) return refuse(new Problem('not_found'));
      if (endpoint.state === 'disabled') return refuse(new Problem('conflict', 'the endpoint is disabled'));
      if (delivery.state === 'sending') return refuse(new Problem('conflict', 'an attempt is under way'));
      const state = deliveryMachine.move(delivery.state, 'pending');
      tx.set(delivery, { state, step: 0, nextAt: tx.now, endedAt: null });
      tx.set(endpoint, { pausedUntil: null });
      tx.afterCommit(() => this.deliverWebhooks.soon());
      return ok(delivery);
    });
  }
}
