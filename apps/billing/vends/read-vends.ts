import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import type { VendDetails, VendToken } from '#contracts';
import { isId, maskToken, numberFor, ok, Problem, refuse, type Result } from '#kernel';
import { cursorId, type Page, pageOf, type PageQuery, type UserCaller } from '#service-host';
import { Bill } from '../bills/bill.entity.js';
import { SavedMeter } from '../meters/saved-meter.entity.js';
import { Redemption } from '../vouchers/voucher.entity.js';
import { KeepTokens } from './keep-tokens.js';
import { amountOf, isInDoubt, quantityOf, Vend, VendTokenRow } from './vend.entity.js';

export interface OwnToken extends VendToken {
  /** The payment that it was bought with, or the voucher's redemption. */
  vendId: string;
  meterNumber: string;
  issuedAt: string;
}

export interface MeterToken extends OwnToken {
  /** Of what was bought; what a voucher brought has none. */
  receiptNumber?: string;
}

interface QuoteFacts {
  breakdown?: object[];
  tariffVersion?: string;
}

/** As many as people look for when they have lost an SMS. */
export const NEWEST_VENDS = 3;

/** Vends for the services that show them, and tokens for their owners. */
@Injectable()
export class ReadVends {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keepTokens: KeepTokens,
  ) {}

  /** Refusal: not_found. */
  async one(id: string): Promise<Result<VendDetails>> {
    const [vend] = isId(id) ? await this.many([id]) : [];
    return vend ? ok(vend) : refuse(new Problem('not_found'));
  }

  /** In the order of their ids; those that are not there are left out. */
  async many(ids: string[]): Promise<VendDetails[]> {
    const vends = await this.dataSource
      .getRepository(Vend)
      .find({ where: { id: In(ids) }, order: { id: 'ASC' } });
    const [tokens, quotes] = await Promise.all([this.tokensOf(ids), this.quotesOf(vends)]);
    return vends.map((vend) => {
      const { breakdown = [], tariffVersion } = quotes.get(vend.id) ?? {};
      return {
        id: vend.id,
        ownerId: vend.ownerId,
        state: vend.state,
        inDoubt: isInDoubt(vend),
        ...(vend.failureReason !== null && { failureReason: vend.failureReason }),
        meterNumber: vend.meterNumber,
        amount: amountOf(vend).toJSON(),
        units: quantityOf(vend),
        breakdown,
        ...(tariffVersion !== undefined && { tariffVersion }),
        tokens: tokens.filter(({ vendId }) => vendId === vend.id).map((token) => this.keepTokens.open(token)),
      };
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

  /**
   * The tokens of the newest three purchases for a meter on somebody's list, newest purchase first, each in the order
   * of entry. Operators may look, and see the last four digits. Refusal: not_found.
   */
  async ofMeter({ userId, role }: UserCaller, savedMeterId: string): Promise<Result<MeterToken[]>> {
    const saved = isId(savedMeterId)
      ? await this.dataSource.getRepository(SavedMeter).findOneBy({ id: savedMeterId })
      : null;
    const isOwn = saved?.ownerId === userId;
    if (!saved || !(isOwn || role === 'operator')) return refuse(new Problem('not_found'));
    const { ownerId, number } = saved;
    const vends = await this.dataSource.query<Pick<Vend, 'id' | 'cause'>[]>(
      `SELECT id, cause FROM vends v WHERE owner_id = $1 AND meter_number = $2 AND state = 'issued'
         AND EXISTS (SELECT FROM vend_tokens t WHERE t.vend_id = v.id)
       ORDER BY id DESC LIMIT ${NEWEST_VENDS}`,
      [ownerId, number],
    );
    const tokens = await this.tokensOf(vends.map(({ id }) => id));
    return ok(
      vends.flatMap(({ id, cause }) =>
        tokens
          .filter(({ vendId }) => vendId === id)
          .map((row) => {
            const open = this.keepTokens.open(row);
            return {
              ...open,
              token: isOwn ? open.token : maskToken(open.token),
              vendId: id,
              meterNumber: number,
              issuedAt: row.issuedAt.toISOString(),
              ...(cause === 'payment' && { receiptNumber: numberFor('R', id) }),
            };
          }),
      ),
    );
  }

  /** The quote that each vend was made for, by the vend's id. */
  private async quotesOf(vends: Vend[]): Promise<Map<string, QuoteFacts>> {
    const [bills, redemptions] = await Promise.all([
      this.dataSource.getRepository(Bill).findBy({ id: In(vends.flatMap(({ billId }) => billId ?? [])) }),
      this.dataSource.getRepository(Redemption).findBy({ id: In(vends.map(({ id }) => id)) }),
    ]);
    const sales: { id: string; quote: QuoteFacts | null }[] = [...bills, ...redemptions];
    const quotes = new Map(sales.map(({ id, quote }) => [id, quote ?? {}]));
    return new Map(
      vends.map(({ id, cause, billId }) => [id, quotes.get(cause === 'voucher' ? id : billId!) ?? {}]),
    );
  }

  private tokensOf(vendIds: string[]): Promise<VendTokenRow[]> {
    return this.dataSource
      .getRepository(VendTokenRow)
      .find({ where: { vendId: In(vendIds) }, order: { position: 'ASC' } });
  }
}
