import { Controller } from '@nestjs/common';
import { type PayloadOf, VouchersReleased } from '#contracts';
import { type Money, numberFor, unreachable } from '#kernel';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { announceChange } from '../wallets/announce-change.js';
import { openWallet } from '../wallets/open-wallet.js';
import { voucherMoney } from './voucher-money.js';

type Released = PayloadOf<typeof VouchersReleased>;

@Controller()
export class OnVouchersReleased {
  /** Gives back what was set aside, to where it came from. */
  @Consumes(VouchersReleased)
  async giveBack({ data }: EventOf<typeof VouchersReleased>, tx: Tx): Promise<void> {
    const amount = voucherMoney(data.amount);
    if (!amount.positive) return;
    switch (data.funding) {
      case 'grant':
        return toGrants(tx, data, amount);
      case 'payment':
        return toWallet(tx, data, amount);
      default:
        return unreachable(data.funding);
    }
  }
}

function toGrants(tx: Tx, { releaseId }: Released, amount: Money): void {
  postJournal(tx, {
    kind: 'voucher_release',
    voucherId: releaseId,
    amount,
    debit: { system: systemAccounts.vouchers(amount.currency) },
    credit: { system: systemAccounts.grants(amount.currency) },
  });
}

async function toWallet(tx: Tx, released: Released, amount: Money): Promise<void> {
  const { releaseId, batchId, ownerId, why, count } = released;
  const wallet = await openWallet(tx, ownerId, amount.currency);
  const reference = numberFor('V', batchId);
  const note = `${count} ${why === 'void' ? 'void' : 'expired'} vouchers of ${reference}`;
  postJournal(tx, {
    kind: 'voucher_return',
    voucherId: releaseId,
    amount,
    debit: { system: systemAccounts.vouchers(amount.currency) },
    credit: { wallet, entry: 'voucher_return', note },
  });
  announceChange(tx, wallet, 'refund', amount, { reference, note });
}
