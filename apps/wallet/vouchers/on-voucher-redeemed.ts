import { Controller } from '@nestjs/common';
import { VoucherRedeemed } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { voucherMoney } from './voucher-money.js';

@Controller()
export class OnVoucherRedeemed {
  /** What was set aside for it is now owed to the utility, as with a purchase from a wallet. */
  @Consumes(VoucherRedeemed)
  async pay({ data }: EventOf<typeof VoucherRedeemed>, tx: Tx): Promise<void> {
    const amount = voucherMoney(data.amount);
    if (!amount.positive) return;
    postJournal(tx, {
      kind: 'voucher_redeemed',
      voucherId: data.voucherId,
      amount,
      debit: { system: systemAccounts.vouchers(amount.currency) },
      credit: { system: systemAccounts.billers(amount.currency) },
    });
  }
}
