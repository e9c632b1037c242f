import { Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import { cursorId, type Page, pageOf } from '#service-host';
import { MoneyAction } from './money-action.entity.js';
import { type MoneyActionsQuery, type MoneyActionView, moneyActionView } from './money-actions.dto.js';

@Injectable()
export class FindActions {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  async list(query: MoneyActionsQuery): Promise<Page<MoneyActionView>> {
    const rows = await this.dataSource.getRepository(MoneyAction).find({
      where: { id: LessThan(cursorId(query)), ...(query.state && { state: query.state }) },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, moneyActionView);
  }

  /** Refusal: not_found. */
  async one(id: string): Promise<Result<MoneyAction>> {
    const action = isId(id) && (await this.dataSource.getRepository(MoneyAction).findOneBy({ id }));
    return action ? ok(action) : refuse(new Problem('not_found'));
  }
}
