import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import type { VendDetails, VendToken } from '#contracts';
import { isId, ok, Problem, refuse, type Result, unreachable } from '#kernel';
import { cursorId, type Page, pageOf, type PageQuery, type UserCaller } from '#service-host';
import { Bill } from '../bills/bill.entity.js';
import { Redemption } from '../vouchers/voucher.entity.js';
import { KeepTokens } from './keep-tokens.js';
import { amountOf, isInDoubt, unitsOf, Vend, VendTokenRow } from './vend.entity.js';

export interface OwnToken extends VendToken {
  /** The payment that it was bought with, or the voucher's redemption. */
  vendId: string;
  meterNumber: string;
  issuedAt: string;
}

/** Vends for the services that show them, and tokens for their owners. */
@Injectable()
export class ReadVends {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keepTokens: KeepTokens,
  ) {}

  /** Refusal: not_found. */
  async one(id: string): Promise<Result<VendDetails>> {
    const vend = isId(id) ? await this.dataSource.getRepository(Vend).findOneBy({ id }) : null;
    if (!vend) return refuse(new Problem('not_found'));
    const [tokens, sale] = await Promise.all([this.tokensOf([id]), this.saleOf(vend)]);
    const { breakdown = [], tariffVersion }: { breakdown?: object[]; tariffVersion?: string } =
      sale?.quote ?? {};
    return ok({
      id,
      ownerId: vend.ownerId,
      state: vend.state,
      inDoubt: isInDoubt(vend),
      meterNumber: vend.meterNumber,
      amount: amountOf(vend).toJSON(),
      units: unitsOf(vend).toJSON(),
      breakdown,
      ...(tariffVersion !== undefined && { tariffVersion }),
      tokens: tokens.map((token) => this.keepTokens.open(token)),
    });
  }

  /** The caller's own, newest first. */
  async ownTokens(caller: UserCaller, query: PageQuery & { meterNumber?: string }): Promise<Page<OwnToken>> {
    const rows = await this.dataSource.getRepository(VendTokenRow).find({
      where: {
        ownerId: caller.userId,
        id: LessThan(cursorId(query)),
        ...(query.meterNumber && { meterNumber: query.meterNumber }),
      },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, (row) => ({
      ...this.keepTokens.open(row),
      vendId: row.vendId,
      meterNumber: row.meterNumber,
      issuedAt: row.issuedAt.toISOString(),
    }));
  }

  /** What says which quote it was made for. */
  private async saleOf({ id, cause, billId }: Vend): Promise<Pick<Bill, 'quote'> | null> {
    switch (cause) {
      case 'payment':
        return billId === null ? null : this.dataSource.getRepository(Bill).findOneBy({ id: billId });
      case 'voucher':
        return this.dataSource.getRepository(Redemption).findOneBy({ id });
      default:
        return unreachable(cause);
    }
  }

  private tokensOf(vendIds: string[]): Promise<VendTokenRow[]> {
    return this.dataSource
      .getRepository(VendTokenRow)
      .find({ where: { vendId: In(vendIds) }, order: { position: 'ASC' } });
  }
}
