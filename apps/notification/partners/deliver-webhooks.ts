import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, type Id } from '#kernel';
import { LOG, type Log, SETTINGS, unseal } from '#service-host';
import type { NotificationSettings } from '../notification-settings.js';
import { PARTNERS_DNS } from './partners-dns.js';
import type { ResolveHost } from './partner-address.js';
import { postWebhook } from './post-webhook.js';
import { RecordWebhookAttempt } from './record-webhook-attempt.js';
import { webhookHeaders } from './webhook-signature.rules.js';

/** An attempt that was begun: its number is written, and nobody else makes it. */
export interface BegunAttempt {
  id: Id;
  endpoint_id: Id;
  event_id: Id;
  body: string;
  attempts: number;
  correlation_id: string;
  url: string;
  sealed_secret: string;
  sealed_old_secret: string | null;
  old_secret_until: Date | null;
}

/** How long the process that began an attempt has for it, before another one makes the next. */
const LEASE_MILLIS = 60_000;
const SWEEP_MILLIS = 1_000;
const AT_ONCE = 256;
/** To one endpoint; to one that failed last time, a single one feels its way. */
const AT_ONCE_PER_ENDPOINT = 4;

/** A few of each endpoint, however many wait for one of them; those that are under way here count. */
const BEGIN = `
  WITH due AS MATERIALIZED (
    SELECT d.id
    FROM webhook_endpoints e CROSS JOIN LATERAL (
      SELECT id, next_at FROM webhook_deliveries
      WHERE endpoint_id = e.id AND state IN ('pending', 'sending') AND next_at <= $1
      ORDER BY next_at, id
      LIMIT greatest(0, CASE WHEN e.failures > 0 THEN 1 ELSE $3::int END - coalesce(($4::jsonb ->> e.id::text)::int, 0))
      FOR UPDATE SKIP LOCKED) d
    WHERE e.state = 'enabled' AND (e.paused_until IS NULL OR e.paused_until <= $1)
    ORDER BY d.next_at LIMIT $5)
  UPDATE webhook_deliveries d SET state = 'sending', attempts = d.attempts + 1, next_at = $2
  FROM due, webhook_endpoints e
  WHERE d.id = due.id AND e.id = d.endpoint_id
  RETURNING d.id, d.endpoint_id, d.event_id, d.body, d.attempts, d.correlation_id,
            e.url, e.sealed_secret, e.sealed_old_secret, e.old_secret_until`;

/**
 * Calls the partners' endpoints. A sibling of the effect runner, with other rules: a webhook may safely be sent
 * twice (its id tells), so what is unknown is tried again, over three days, and a partner who is dead or slow keeps
 * nobody else waiting (ADR 0020).
 */
@Injectable()
export class DeliverWebhooks implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly underWay = new Map<Id, number>();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private wanted = false;
  private stopped = false;
  private readonly attempts = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly recordAttempt: RecordWebhookAttempt,
    @Inject(PARTNERS_DNS) private readonly resolve: ResolveHost,
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.soon(), SWEEP_MILLIS);
  }

  /** What is under way is waited for: an attempt ends by its timeout at the latest. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.sweeping;
    await Promise.all(this.attempts);
  }

  /** Looks for what is due, once more if a look is under way. */
  soon(): void {
    this.wanted = true;
    if (this.stopped) return;
    this.sweeping ??= this.sweepWhileWanted()
      .catch((error: unknown) => this.log.warn({ err: error }, 'webhooks could not be looked for'))
      .finally(() => (this.sweeping = undefined));
  }

  private async sweepWhileWanted(): Promise<void> {
    while (this.wanted && !this.stopped) {
      this.wanted = false;
      for (const attempt of await this.begin()) this.start(attempt);
    }
  }

  private async begin(): Promise<BegunAttempt[]> {
    const free = AT_ONCE - this.attempts.size;
    if (free <= 0) return [];
    const now = this.clock.now();
    const lease = new Date(now.getTime() + LEASE_MILLIS);
    const busy = JSON.stringify(Object.fromEntries(this.underWay));
    const [begun] = await this.dataSource.query<[BegunAttempt[], number]>(BEGIN, [
      now,
      lease,
      AT_ONCE_PER_ENDPOINT,
      busy,
      free,
    ]);
    return begun;
  }

  private start(attempt: BegunAttempt): void {
    const { endpoint_id: endpoint } = attempt;
    this.underWay.set(endpoint, (this.underWay.get(endpoint) ?? 0) + 1);
    const made = this.make(attempt)
      .catch((error: unknown) =>
        this.log.warn({ err: error, deliveryId: attempt.id }, 'a webhook will be sent again'),
      )
      .finally(() => {
        this.attempts.delete(made);
        const left = this.underWay.get(endpoint)! - 1;
        if (left > 0) this.underWay.set(endpoint, left);
        else this.underWay.delete(endpoint);
        this.soon();
      });
    this.attempts.add(made);
  }

  private async make(attempt: BegunAttempt): Promise<void> {
    const { url, body, event_id: id } = attempt;
    const now = this.clock.now();
    const headers = webhookHeaders(id, now, body, this.secretsOf(attempt, now));
    const result = await postWebhook(
      { url, headers, body },
      {
        demo: this.settings.WATTLINE_MODE === 'demo',
        timeoutMillis: this.settings.WEBHOOK_TIMEOUT_MS,
        resolve: this.resolve,
      },
    );
    await this.recordAttempt.run(attempt, result);
  }

  private secretsOf(attempt: BegunAttempt, now: Date): string[] {
    const { sealed_secret, sealed_old_secret: old, old_secret_until: until } = attempt;
    const sealed = old && until && until > now ? [sealed_secret, old] : [sealed_secret];
    return sealed.map((it) => unseal(it, this.settings.CONTACT_SECRET, 'webhook'));
  }
}
