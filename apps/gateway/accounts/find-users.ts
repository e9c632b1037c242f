import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { cursorId, type Page, pageOf, type PageQuery } from '#service-host';
import { UserRow } from './user.entity.js';

/** People, newest first, for operators. */
@Injectable()
export class FindUsers {
  constructor(private readonly dataSource: DataSource) {}

  /** `q` is part of a phone number, in any writing, or of a name or institution. */
  async run<T>(query: PageQuery & { q?: string }, view: (user: UserRow) => T): Promise<Page<T>> {
    const find = this.dataSource
      .getRepository(UserRow)
      .createQueryBuilder('u')
      .where('u.id < :cursor', { cursor: cursorId(query) })
      .orderBy('u.id', 'DESC')
      .take(query.limit + 1);
    const q = query.q?.trim();
    if (q) {
      const digits = /^[+\d\s().-]+$/.test(q) ? q.replace(/\D/g, '').replace(/^0/, '') : '';
      if (digits) find.andWhere('u.phone LIKE :digits', { digits: `%${digits}%` });
      else {
        find.andWhere('(u.name ILIKE :name OR u.institutionName ILIKE :name)', {
          name: `%${q.replace(/[%_\\]/g, '\\$&')}%`,
        });
      }
    }
    return pageOf(await find.getMany(), query.limit, view);
  }
}
