import { Inject, Injectable } from '@nestjs/common';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { seal, SETTINGS, type UserCaller } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { WebhookEndpointRow } from './webhook-endpoint.entity.js';
import { newWebhookSecret } from './webhook-signature.rules.js';

const BOTH_SIGN_MILLIS = 24 * 3_600_000;

/** What an owner does with an endpoint of theirs. Refusal of all: not_found. */
@Injectable()
export class ChangeWebhookEndpoint {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly deliverWebhooks: DeliverWebhooks,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /** A new secret, readable here and never again; the one before signs beside it for 24 hours. */
  async rotate(caller: UserCaller, id: string): Promise<Result<{ row: WebhookEndpointRow; secret: string }>> {
    const secret = newWebhookSecret();
    const sealedSecret = seal(secret, this.settings.CONTACT_SECRET, 'webhook');
    return this.change(caller, id, (row, tx) => {
      const oldSecretUntil = new Date(tx.now.getTime() + BOTH_SIGN_MILLIS);
      tx.set(row, { sealedSecret, sealedOldSecret: row.sealedSecret, oldSecretUntil });
      return { row, secret };
    });
  }

  /** Switches it on again, and sends what still waits for it. */
  async enable(caller: UserCaller, id: string): Promise<Result<WebhookEndpointRow>> {
    return this.change(caller, id, (row, tx) => {
      if (row.state === 'disabled') {
        tx.set(row, { state: 'enabled', disabledWhy: null, failures: 0, pausedUntil: null });
      }
      tx.afterCommit(() => this.deliverWebhooks.soon());
      return row;
    });
  }

  /** Deletes it, and what was or would be delivered to it. */
  async delete(caller: UserCaller, id: string): Promise<Result<void>> {
    return this.change(caller, id, async (row, tx) => {
      await tx.query('DELETE FROM webhook_deliveries WHERE endpoint_id = $1', [row.id]);
      await tx.query('DELETE FROM webhook_endpoints WHERE id = $1', [row.id]);
    });
  }

  private change<T>(
    caller: UserCaller,
    id: string,
    action: (row: WebhookEndpointRow, tx: Tx) => T | Promise<T>,
  ): Promise<Result<T>> {
    if (!isId(id)) return Promise.resolve(refuse(new Problem('not_found')));
    return this.requests.run(caller, async (tx) => {
      const row = await tx.load(WebhookEndpointRow, id);
      if (row?.ownerId !== caller.userId) return refuse(new Problem('not_found'));
      return ok(await action(row, tx));
    });
  }
}
