import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PaymentInDoubt } from '#contracts';
import { Clock } from '#kernel';
import { cursorId, Metrics, type Page, pageOf, type PageQuery, SETTINGS } from '#service-host';
import type { PaymentSettings } from '../payment-settings.js';
import { Payment } from '../payments/payment.entity.js';
import { type Deadlines, inDoubtBefore, inDoubtView } from './in-doubt.rules.js';

/** Payments that have not ended in time: each is somebody's, until a day and an hour. */
@Injectable()
export class FindInDoubt {
  private readonly deadlines: Deadlines;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) { IN_DOUBT_AFTER_SECONDS, IN_DOUBT_RESOLVE_HOURS }: PaymentSettings,
    metrics: Metrics,
  ) {
    this.deadlines = { afterSeconds: IN_DOUBT_AFTER_SECONDS, resolveHours: IN_DOUBT_RESOLVE_HOURS };
    metrics.watch(
      'wattline_payments_in_doubt',
      'Payments whose outcome is unknown, or that have not ended in time',
      () => this.count(),
    );
  }

  /** Newest first. */
  async list(query: PageQuery): Promise<Page<PaymentInDoubt>> {
    const rows = await this.find()
      .andWhere('p.id < :cursor', { cursor: cursorId(query) })
      .orderBy('p.id', 'DESC')
      .take(query.limit + 1)
      .getMany();
    const now = this.clock.now();
    return pageOf(rows, query.limit, (payment) => inDoubtView(payment, now, this.deadlines));
  }

  private count(): Promise<number> {
    return this.find().getCount();
  }

  private find() {
    return this.dataSource
      .getRepository(Payment)
      .createQueryBuilder('p')
      .where(
        `p.status IN ('PENDING', 'PROCESSING') AND (p.createdAt < :before OR p.inDoubtSince IS NOT NULL)`,
        {
          before: inDoubtBefore(this.clock.now(), this.deadlines),
        },
      );
  }
}
