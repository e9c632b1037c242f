import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClaimSettlement } from '#contracts';
import { Clock, newId } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { InternalClient, LOG, type Log, SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import type { Bill } from './bill.entity.js';
import { freeClaim } from './free-claim.js';

const LONGEST_PAUSE_MILLIS = 15_000;
const ASKED_TOGETHER = 16;

type Claim = Pick<Bill, 'id'> & { claimedBy: string; claimedAt: Date };

/**
 * Settles claims that neither a completed nor a failed payment ended, such as those of a payment service that
 * died between claiming the bill and storing the payment. It asks, and frees only on proof: `none` (the payment
 * never was and never will be stored) or FAILED. Every other answer leaves the claim, and it is asked again.
 */
@Injectable()
export class FreeOrphanedClaims implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly client: InternalClient,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, this.settings.CLAIM_SETTLE_AFTER_MS);
    this.timer = setTimeout(() => (this.round = this.runAndGoOn()), pauseMillis).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  /** Asks about every claim that is old enough, once. The number of claims that were freed. */
  async runOnce(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.settings.CLAIM_SETTLE_AFTER_MS);
    let freed = 0;
    let last: Claim | undefined;
    for (;;) {
      const claims = await this.oldClaims(before, last);
      const outcomes = await Promise.all(claims.map((claim) => this.settle(claim)));
      freed += outcomes.filter((outcome) => outcome === 'freed').length;
      // A payment service that is away is not asked about each of them.
      const away = outcomes.every((outcome) => outcome === 'unanswered');
      if (this.stopped || away || claims.length < ASKED_TOGETHER) return freed;
      last = claims.at(-1);
    }
  }

  private async runAndGoOn(): Promise<void> {
    try {
      await this.runOnce();
    } catch (error) {
      this.log.warn({ err: error }, 'orphaned claims could not be settled this time');
    }
    if (!this.stopped) this.onApplicationBootstrap();
  }

  private oldClaims(before: Date, last: Claim | undefined): Promise<Claim[]> {
    return this.dataSource.query<Claim[]>(
      `SELECT id, claimed_by AS "claimedBy", claimed_at AS "claimedAt" FROM bills
       WHERE claimed_by IS NOT NULL AND claimed_at <= $1 AND (claimed_at, id) > ($2, $3)
       ORDER BY claimed_at, id LIMIT ${ASKED_TOGETHER}`,
      [before, last?.claimedAt ?? new Date(0), last?.id ?? '00000000-0000-0000-0000-000000000000'],
    );
  }

  private async settle({ id, claimedBy }: Claim): Promise<'freed' | 'left' | 'unanswered'> {
    const context = { correlationId: newId() };
    const path = `/internal/payments/${claimedBy}/settle-claim`;
    const answer = await this.client.call<ClaimSettlement>('payment', 'POST', path, context, {});
    if (!answer.ok) {
      this.log.warn(
        { billId: id, paymentId: claimedBy, code: answer.problem.code },
        'payment could not settle a claim',
      );
      return 'unanswered';
    }
    const { state } = answer.value;
    if (state !== 'none' && state !== 'FAILED') return 'left';
    const freed = await this.work.run(context, (tx) => freeClaim(tx, id, claimedBy));
    if (!freed) return 'left'; // it was settled while we asked
    this.log.info({ billId: id, paymentId: claimedBy, state }, 'an orphaned claim was freed');
    return 'freed';
  }
}
