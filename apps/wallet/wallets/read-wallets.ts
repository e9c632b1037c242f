import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, isId, Problem } from '#kernel';
import {
  type BaseSettings,
  cursorId,
  type Page,
  pageOf,
  type PageQuery,
  SETTINGS,
  type UserCaller,
} from '#service-host';
import { Account, emptyWallet } from '../ledger/account.entity.js';
import { Entry } from '../ledger/entry.entity.js';
import { type EntryView, entryView } from './wallet-view.js';

/** Wallets for their owners and for operators; to everybody else a wallet does not exist. */
@Injectable()
export class ReadWallets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BaseSettings,
  ) {}

  /** Throws `not_found`. One's own wallet is always there: empty, until something opens it. */
  async one(caller: UserCaller, walletId: string): Promise<Account> {
    const own = walletId === caller.userId;
    if (!isId(walletId) || (!own && caller.role !== 'operator')) throw new Problem('not_found');
    const wallet = await this.dataSource.getRepository(Account).findOneBy({ id: walletId, kind: 'wallet' });
    if (wallet) return wallet;
    if (!own) throw new Problem('not_found');
    return emptyWallet(walletId, this.settings.CURRENCY, this.clock.now());
  }

  /** The statement, newest first. Throws `not_found`. */
  async entries(caller: UserCaller, walletId: string, query: PageQuery): Promise<Page<EntryView>> {
    const wallet = await this.one(caller, walletId);
    const entries = await this.dataSource
      .getRepository(Entry)
      .createQueryBuilder('e')
      .where('e.walletId = :walletId AND e.id < :before', { walletId, before: cursorId(query) })
      .orderBy('e.id', 'DESC')
      .take(query.limit + 1)
      .getMany();
    return pageOf(entries, query.limit, (entry) => entryView(entry, wallet.currency));
  }
}
