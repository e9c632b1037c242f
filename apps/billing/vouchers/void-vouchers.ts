import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { releaseVouchers } from './release-vouchers.js';
import { Voucher, VoucherBatch } from './voucher.entity.js';
import { voucherMachine } from './voucher.machine.js';
import { maySee } from './voucher.rules.js';

/** Takes unused vouchers out of use, all of a batch or those with these numbers; their value goes back. */
@Injectable()
export class VoidVouchers {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
  ) {}

  /** How many are void now. Refusals: not_found (also another’s batch), conflict (an unpaid bill, nothing unused). */
  async run(
    caller: UserCaller,
    id: string,
    { reason, serials }: { reason: string; serials?: number[] },
  ): Promise<Result<number>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    const known = await this.dataSource.getRepository(Voucher).find({
      select: { id: true },
      where: { batchId: id, state: 'unused', ...(serials && { serial: In(serials) }) },
    });
    return this.work.run(caller, async (tx) => {
      const batch = await tx.load(VoucherBatch, id);
      if (!batch || !maySee(batch, caller)) return refuse(new Problem('not_found'));
      const vouchers = await Promise.all(known.map((it) => tx.get(Voucher, it.id)));
      if (batch.funding === 'payment' && batch.state !== 'funded')
        return refuse(new Problem('conflict', 'it is not paid: cancel its bill instead'));
      const unused = vouchers.filter(({ state }) => state === 'unused');
      if (unused.length === 0) return refuse(new Problem('conflict', 'none of these is unused'));
      for (const voucher of unused) {
        const state = voucherMachine.move(voucher.state, 'void');
        tx.set(voucher, { state, voidReason: reason, endedAt: tx.now });
      }
      releaseVouchers(batch, unused.length, { why: 'void', reason }, tx);
      return ok(unused.length);
    });
  }
}
