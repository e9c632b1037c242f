import { Inject, Injectable } from '@nestjs/common';
import { type AdjustWallet as AdjustOrder, WalletAdjusted } from '#contracts';
import { isId, Money, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { type BaseSettings, SETTINGS } from '#service-host';
import { type Account, availableOf, balanceOf } from '../ledger/account.entity.js';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { openWallet } from '../wallets/open-wallet.js';
import { Adjustment } from './adjustment.entity.js';

/** Puts a wallet right, as operators decided: against the account `adjustments`, never below zero available. */
@Injectable()
export class AdjustWallet {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    @Inject(SETTINGS) private readonly settings: BaseSettings,
  ) {}

  /** Once per decision. Refusals: not_found, conflict (another currency), insufficient_funds. */
  async run(walletId: string, order: AdjustOrder, context: WorkContext): Promise<Result<void>> {
    const { CURRENCY: currency } = this.settings;
    if (!isId(walletId)) return refuse(new Problem('not_found'));
    if (order.currency !== currency)
      return refuse(new Problem('conflict', `wallets here are in ${currency}`));
    const amount = Money.ofMinor(BigInt(order.minor), currency);
    return this.work.run(context, async (tx) => {
      const wallet = await openWallet(tx, walletId, currency);
      const fresh = adjustmentOf(walletId, order, amount, tx.now);
      if (!(await tx.insertIfAbsent(Adjustment, fresh))) {
        const { state } = await tx.get(Adjustment, order.decisionId);
        return state === 'done' ? ok(undefined) : refuse(tooLittle(wallet));
      }
      if (availableOf(wallet).minor + amount.minor < 0n) {
        tx.set(fresh, { state: 'refused' }); // kept: told again, it is refused again, whatever is there by then
        return refuse(tooLittle(wallet));
      }
      post(tx, wallet, fresh, amount);
      return ok(undefined);
    });
  }
}

function adjustmentOf(walletId: string, order: AdjustOrder, amount: Money, at: Date): Adjustment {
  const { decisionId: id, reason } = order;
  return { id, walletId, amount: amount.minor, currency: amount.currency, reason, state: 'done', at };
}

function post(tx: Tx, wallet: Account, { id, reason }: Adjustment, amount: Money): void {
  const own = { wallet, entry: 'adjustment', note: reason } as const;
  const other = { system: systemAccounts.adjustments(amount.currency) };
  const given = amount.positive;
  postJournal(tx, {
    kind: 'adjustment',
    adjustmentId: id,
    amount: given ? amount : amount.negated(),
    debit: given ? other : own,
    credit: given ? own : other,
  });
  tx.publish(WalletAdjusted, wallet.id, {
    walletId: wallet.id,
    ownerId: wallet.id,
    amount: amount.toJSON(),
    balance: balanceOf(wallet).toJSON(),
    available: availableOf(wallet).toJSON(),
    reason,
    decisionId: id,
  });
}

function tooLittle(wallet: Account): Problem {
  return new Problem('insufficient_funds', `${availableOf(wallet).toString()} can be taken`);
}
