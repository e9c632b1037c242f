import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import { Clock, dayIn, isId, ok, Problem, refuse, type Result } from '#kernel';
import { cursorId, type Page, pageOf, type PageQuery, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { batchView, type VoucherCounts } from './batch-view.js';
import { Voucher, VoucherBatch } from './voucher.entity.js';
import type { VoucherState } from './voucher.machine.js';
import { isExpired, maySee } from './voucher.rules.js';
import type { BatchDetails, BatchView } from './vouchers.dto.js';

/** Batches, newest first: one’s own; an operator’s are everybody’s. */
@Injectable()
export class FindBatches {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async page(caller: UserCaller, query: PageQuery): Promise<Page<BatchView>> {
    const batches = await this.dataSource.getRepository(VoucherBatch).find({
      where: {
        id: LessThan(cursorId(query)),
        ...(caller.role !== 'operator' && { ownerId: caller.userId }),
      },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    const counts = await this.countsOf(batches);
    return pageOf(batches, query.limit, (batch) => batchView(batch, counts.get(batch.id)!));
  }

  /** With each of its vouchers. Refusal: not_found. */
  async one(caller: UserCaller, id: string): Promise<Result<BatchDetails>> {
    const batch = isId(id) ? await this.dataSource.getRepository(VoucherBatch).findOneBy({ id }) : null;
    if (!batch || !maySee(batch, caller)) return refuse(new Problem('not_found'));
    const vouchers = await this.dataSource
      .getRepository(Voucher)
      .find({ where: { batchId: id }, order: { serial: 'ASC' } });
    return ok({
      ...(await this.view(batch)),
      vouchers: vouchers.map(({ serial, state, endedAt, voidReason }) => ({
        serial,
        state: this.shown(state, batch),
        ...(endedAt && { endedAt: endedAt.toISOString() }),
        ...(voidReason !== null && { reason: voidReason }),
      })),
    });
  }

  async view(batch: VoucherBatch): Promise<BatchView> {
    return batchView(batch, (await this.countsOf([batch])).get(batch.id)!);
  }

  private async countsOf(batches: VoucherBatch[]): Promise<Map<string, VoucherCounts>> {
    const rows = await this.dataSource
      .getRepository(Voucher)
      .createQueryBuilder('voucher')
      .select('voucher.batchId', 'batchId')
      .addSelect('voucher.state', 'state')
      .addSelect('count(*)::int', 'count')
      .where({ batchId: In(batches.map(({ id }) => id)) })
      .groupBy('voucher.batchId, voucher.state')
      .getRawMany<{ batchId: string; state: VoucherState; count: number }>();
    return new Map(
      batches.map((batch) => {
        const counts: VoucherCounts = { unused: 0, redeeming: 0, redeemed: 0, expired: 0, void: 0 };
        for (const { batchId, state, count } of rows)
          if (batchId === batch.id) counts[this.shown(state, batch)] += count;
        return [batch.id, counts];
      }),
    );
  }

  /** One that is over by its date is expired, also while its value has not gone back yet. */
  private shown(state: VoucherState, batch: VoucherBatch): VoucherState {
    const isOver = state === 'unused' && isExpired(batch, dayIn(this.settings.TIME_ZONE, this.clock.now()));
    return isOver ? 'expired' : state;
  }
}
