import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import type { RedemptionInDoubt, VendDetails } from '#contracts';
import { Clock, isId, ok, Problem, refuse, type Result } from '#kernel';
import {
  cursorId,
  Metrics,
  type Page,
  pageOf,
  type PageQuery,
  SETTINGS,
  type UserCaller,
} from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { ReadVends } from '../vends/read-vends.js';
import { amountOf, quantityOf, Vend } from '../vends/vend.entity.js';
import { Redemption } from './voucher.entity.js';

/** A redemption with its vend, and the tokens of that. */
export interface RedemptionDetails {
  redemption: Redemption;
  vend: VendDetails;
}

const HOUR_MILLIS = 3_600_000;

@Injectable()
export class ReadRedemptions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly readVends: ReadVends,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    metrics: Metrics,
  ) {
    metrics.watch('wattline_redemptions_in_doubt', 'Redemptions of vouchers whose outcome is unknown', () =>
      this.findInDoubt().getCount(),
    );
  }

  /** One’s own. Refusal: not_found. */
  async one({ userId }: UserCaller, id: string): Promise<Result<RedemptionDetails>> {
    const redemption = isId(id)
      ? await this.dataSource.getRepository(Redemption).findOneBy({ id, redeemerId: userId })
      : null;
    return redemption ? ok((await this.withVends([redemption]))[0]!) : refuse(new Problem('not_found'));
  }

  /** One’s own, newest first. */
  async own({ userId }: UserCaller, query: PageQuery): Promise<Page<RedemptionDetails>> {
    const rows = await this.dataSource.getRepository(Redemption).find({
      where: { id: LessThan(cursorId(query)), redeemerId: userId },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    const { items, nextCursor } = pageOf(rows, query.limit, (redemption) => redemption);
    return { items: await this.withVends(items), nextCursor };
  }

  /** Those whose vend has no known outcome, oldest first: operators have them asked for, or settle them. */
  async inDoubt(limit: number): Promise<RedemptionInDoubt[]> {
    const now = this.clock.now();
    const vends = await this.findInDoubt().orderBy('vend.id').take(limit).getMany();
    return vends.map((vend) => {
      const since = vend.inDoubtSince!;
      const deadline = new Date(since.getTime() + this.settings.IN_DOUBT_RESOLVE_HOURS * HOUR_MILLIS);
      return {
        id: vend.id,
        meterNumber: vend.meterNumber,
        amount: amountOf(vend).toJSON(),
        units: quantityOf(vend),
        unknownSince: since.toISOString(),
        owner: 'operators on duty',
        deadline: deadline.toISOString(),
        overdue: deadline <= now,
      };
    });
  }

  private findInDoubt() {
    return this.dataSource
      .getRepository(Vend)
      .createQueryBuilder('vend')
      .where(`vend.cause = 'voucher' AND vend.state = 'requested' AND vend.inDoubtSince IS NOT NULL`);
  }

  private async withVends(redemptions: Redemption[]): Promise<RedemptionDetails[]> {
    const vends = await this.readVends.many(redemptions.map(({ id }) => id));
    return redemptions.map((redemption) => ({
      redemption,
      vend: vends.find(({ id }) => id === redemption.id)!,
    }));
  }
}
