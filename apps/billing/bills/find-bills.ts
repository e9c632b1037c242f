import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { Clock, dayIn, isId, ok, Problem, refuse, type Result } from '#kernel';
import { cursorId, type Page, pageOf, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import type { BillsQuery } from './bill-requests.js';
import { type BillView, viewOf } from './bill-view.js';
import { Bill } from './bill.entity.js';
import { invalid, maySee } from './bill.rules.js';

/** Bills, newest first: a customer's own; an operator's are everybody's. */
@Injectable()
export class FindBills {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async one(caller: UserCaller, id: string): Promise<Result<BillView>> {
    const bill = isId(id) ? await this.dataSource.getRepository(Bill).findOneBy({ id }) : null;
    return bill && maySee(bill, caller) ? ok(viewOf(bill, this.today)) : refuse(new Problem('not_found'));
  }

  async page(caller: UserCaller, query: BillsQuery): Promise<Result<Page<BillView>>> {
    const customerId = query.customerId ?? (caller.role === 'operator' ? undefined : caller.userId);
    if (customerId !== undefined && !isId(customerId)) {
      return refuse(invalid('customerId', 'must be the id of a user'));
    }
    if (caller.role !== 'operator' && customerId !== caller.userId) return refuse(new Problem('forbidden'));
    const find = this.dataSource
      .getRepository(Bill)
      .createQueryBuilder('bill')
      .where('bill.id < :below', { below: cursorId(query) });
    if (customerId !== undefined) find.andWhere('bill.customerId = :customerId', { customerId });
    this.filter(find, query.status);
    const rows = await find
      .orderBy('bill.id', 'DESC')
      .take(query.limit + 1)
      .getMany();
    const { today } = this;
    return ok(pageOf(rows, query.limit, (bill) => viewOf(bill, today)));
  }

  private filter(find: SelectQueryBuilder<Bill>, status: BillsQuery['status']): void {
    if (status === undefined) return;
    find.andWhere('bill.status = :status', { status: status === 'overdue' ? 'unpaid' : status });
    if (status === 'overdue') {
      find.andWhere('bill.expiresAt IS NULL AND bill.dueDate < :today', { today: this.today });
    }
    if (status === 'unpaid') {
      // A quote that nobody took up is not owed.
      find.andWhere('(bill.expiresAt IS NULL OR bill.expiresAt > :now OR bill.claimedBy IS NOT NULL)', {
        now: this.clock.now(),
      });
    }
  }

  private get today(): string {
    return dayIn(this.settings.TIME_ZONE, this.clock.now());
  }
}
