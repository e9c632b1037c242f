import { Controller } from '@nestjs/common';
import { VouchersGranted } from '#contracts';
import { Consumes, type EventOf, type Tx } from '#messaging';
import { postJournal } from '../ledger/post-journal.js';
import { systemAccounts } from '../ledger/system-accounts.js';
import { voucherMoney } from './voucher-money.js';

@Controller()
export class OnVouchersGranted {
  /** Sets aside what operators gave. */
  @Consumes(VouchersGranted)
  async setAside({ data }: EventOf<typeof VouchersGranted>, tx: Tx): Promise<void> {
    const amount = voucherMoney(data.amount);
    if (!amount.positive) return;
    postJournal(tx, {
      kind: 'voucher_grant',
      voucherId: data.batchId,
      amount,
      debit: { system: systemAccounts.grants(amount.currency) },
      credit: { system: systemAccounts.vouchers(amount.currency) },
    });
  }
}
