import { Injectable } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsIn, IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { METHODS, type Method, PAYMENT_STATES, type PaymentState, type Purpose, PURPOSES } from '#contracts';
import { isId, Problem } from '#kernel';
import { cursorId, type Page, pageOf, PageQuery, type UserCaller } from '#service-host';
import { Payment } from './payment.entity.js';
import { paymentView, type PaymentView } from './payment-views.js';

export class PaymentsQuery extends PageQuery {
  @IsOptional()
  @IsIn(PAYMENT_STATES)
  status?: PaymentState;

  @IsOptional()
  @IsIn(PURPOSES)
  purpose?: Purpose;

  @IsOptional()
  @IsIn(METHODS)
  method?: Method;

  @IsOptional()
  @IsString()
  @MaxLength(30)
  meterNumber?: string;

  /** Not before this moment. */
  @IsOptional()
  @IsISO8601()
  from?: string;

  /** Before this moment. */
  @IsOptional()
  @IsISO8601()
  to?: string;

  /** Part of a reference, receipt number or title. */
  @IsOptional()
  @Type(() => String)
  @IsString()
  @MaxLength(60)
  q?: string;
}

/** Payments as their payers see them; operators see everybody's. */
@Injectable()
export class ReadPayments {
  constructor(private readonly dataSource: DataSource) {}

  /** The caller's payment; somebody else's does not exist. */
  async one(caller: UserCaller, id: string): Promise<Payment> {
    const payment = isId(id) ? await this.dataSource.getRepository(Payment).findOneBy({ id }) : null;
    if (!payment || !maySee(caller, payment)) throw new Problem('not_found');
    return payment;
  }

  async list(caller: UserCaller, query: PaymentsQuery): Promise<Page<PaymentView>> {
    const find = this.dataSource
      .getRepository(Payment)
      .createQueryBuilder('p')
      .where('p.id < :cursor', { cursor: cursorId(query) })
      .orderBy('p.id', 'DESC')
      .take(query.limit + 1);
    if (caller.role !== 'operator') find.andWhere('p.payerId = :payerId', { payerId: caller.userId });
    narrow(find, query);
    return pageOf(await find.getMany(), query.limit, paymentView);
  }
}

function narrow(find: SelectQueryBuilder<Payment>, query: PaymentsQuery): void {
  const { status, purpose, method, meterNumber, from, to, q } = query;
  if (status) find.andWhere('p.status = :status', { status });
  if (purpose) find.andWhere('p.purpose = :purpose', { purpose });
  if (method) find.andWhere('p.method = :method', { method });
  if (meterNumber) find.andWhere('p.meterNumber = :meterNumber', { meterNumber });
  if (from) find.andWhere('p.createdAt >= :from', { from });
  if (to) find.andWhere('p.createdAt < :to', { to });
  if (q) {
    find.andWhere('(p.reference ILIKE :q OR p.receiptNumber ILIKE :q OR p.title ILIKE :q)', {
      q: `%${q.replace(/[%_\\]/g, '\\$&')}%`,
    });
  }
}

function maySee(caller: UserCaller, payment: Payment): boolean {
  return caller.role === 'operator' || payment.payerId === caller.userId;
}
