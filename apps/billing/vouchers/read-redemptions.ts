import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { VendDetails } from '#contracts';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { UserCaller } from '#service-host';
import { ReadVends } from '../vends/read-vends.js';
import { amountOf, Vend } from '../vends/vend.entity.js';
import { Redemption } from './voucher.entity.js';

/** A redemption with its vend, and the tokens of that. */
export interface RedemptionDetails {
  redemption: Redemption;
  vend: VendDetails;
  /** Why no credit was made. */
  reason: string | null;
}

export interface RedemptionInDoubt {
  id: string;
  meterNumber: string;
  amount: ReturnType<typeof amountOf>;
  wattHours: bigint;
  unknownSince: Date;
}

@Injectable()
export class ReadRedemptions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly readVends: ReadVends,
  ) {}

  /** One’s own. Refusal: not_found. */
  async one({ userId }: UserCaller, id: string): Promise<Result<RedemptionDetails>> {
    const redemption = isId(id)
      ? await this.dataSource.getRepository(Redemption).findOneBy({ id, redeemerId: userId })
      : null;
    if (!redemption) return refuse(new Problem('not_found'));
    const [vend, row] = await Promise.all([
      this.readVends.one(id),
      this.dataSource.getRepository(Vend).findOneByOrFail({ id }),
    ]);
    return vend.ok ? ok({ redemption, vend: vend.value, reason: row.failureReason }) : vend;
  }

  /** Those whose vend has no known outcome, oldest first: operators have them asked for, or settle them. */
  async inDoubt(limit: number): Promise<RedemptionInDoubt[]> {
    const vends = await this.dataSource
      .getRepository(Vend)
      .createQueryBuilder('vend')
      .where(`vend.cause = 'voucher' AND vend.state = 'requested' AND vend.inDoubtSince IS NOT NULL`)
      .orderBy('vend.id')
      .take(limit)
      .getMany();
    return vends.map((vend) => ({
      id: vend.id,
      meterNumber: vend.meterNumber,
      amount: amountOf(vend),
      wattHours: vend.wattHours,
      unknownSince: vend.inDoubtSince!,
    }));
  }
}
