import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { seal, SETTINGS, type UserCaller } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { AddressRefused, allowedAddresses, readPartnerUrl, type ResolveHost } from './partner-address.js';
import { PARTNERS_DNS } from './partners-dns.js';
import { WebhookEndpointRow } from './webhook-endpoint.entity.js';
import type { Subscribed } from './webhook-events.rules.js';
import { newWebhookSecret } from './webhook-signature.rules.js';

export interface NewWebhookEndpoint {
  url: string;
  events: Subscribed[];
  description?: string;
  scope?: 'own' | 'all';
}

/** What is sent grows with it; callers who register at the same moment may pass it by a few. */
const MOST_PER_OWNER = 20;

@Injectable()
export class CreateWebhookEndpoint {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(PARTNERS_DNS) private readonly resolve: ResolveHost,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
  ) {}

  /**
   * Registers an endpoint; its secret is readable here and never again. Refusals: forbidden (everybody's events, for
   * nobody but operators), validation_failed (a URL that is not called), conflict (too many).
   */
  async run(
    caller: UserCaller,
    { url, events, description, scope = 'own' }: NewWebhookEndpoint,
  ): Promise<Result<{ row: WebhookEndpointRow; secret: string }>> {
    const everybodys = scope === 'all';
    if (everybodys && caller.role !== 'operator') return refuse(new Problem('forbidden'));
    const fault = await this.faultOf(url);
    if (fault) {
      return refuse(new Problem('validation_failed', `url: ${fault}`, [{ detail: fault, pointer: '#/url' }]));
    }
    const repository = this.dataSource.getRepository(WebhookEndpointRow);
    if ((await repository.countBy({ ownerId: caller.userId })) >= MOST_PER_OWNER) {
      return refuse(new Problem('conflict', `there are ${MOST_PER_OWNER} endpoints already`));
    }
    const secret = newWebhookSecret();
    const row: WebhookEndpointRow = {
      id: newId(this.clock.now().getTime()),
      ownerId: caller.userId,
      everybodys,
      url,
      events: [...new Set(events)],
      description: description ?? null,
      state: 'enabled',
      disabledWhy: null,
      sealedSecret: seal(secret, this.settings.CONTACT_SECRET, 'webhook'),
      sealedOldSecret: null,
      oldSecretUntil: null,
      failures: 0,
      pausedUntil: null,
      succeededAt: null,
      createdAt: this.clock.now(),
    };
    await this.requests.run(caller, async (tx) => tx.insert(WebhookEndpointRow, row));
    return ok({ row, secret });
  }

  private async faultOf(text: string): Promise<string | undefined> {
    const read = readPartnerUrl(text, this.settings.WATTLINE_MODE === 'demo');
    if ('fault' in read) return read.fault;
    try {
      await allowedAddresses(read.url, this.resolve);
      return undefined;
    } catch (error) {
      if (error instanceof AddressRefused) return error.message;
      throw error;
    }
  }
}
